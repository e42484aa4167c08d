import type { AppContext } from '../../services/app-context.ts';
import { getSettings } from '../../services/fleet/settings.ts';
import { updateSettings } from '../../services/fleet/update-settings.ts';
import { acceptRecipients } from '../../services/keys/accept-recipients.ts';
import type { App } from '../app-type.ts';
import { ifMatchOf, setEtag } from '../etag.ts';
import { WriteQuerySchema } from '../schemas/proposals.ts';
import { IfMatchSchema } from '../schemas/requests.ts';
import { AcceptRecipientsSchema, SettingsSchema, UpdateSettingsSchema } from '../schemas/settings.ts';
import { writesTo } from '../write-target.ts';
import { answers, writeAnswers } from './answers.ts';

const tags = ['settings'];

export function settingsRoutes(api: App, context: AppContext): void {
  api.get(
    '/settings',
    {
      schema: {
        tags,
        operationId: 'getSettings',
        summary: 'Keys (masked) and defaults of the fleet',
        response: answers(SettingsSchema),
      },
    },
    (_request, reply) => {
      const settings = getSettings(context);
      setEtag(reply, settings);
      return settings;
    },
  );

  api.put(
    '/settings',
    {
      schema: {
        tags,
        operationId: 'updateSettings',
        summary: 'Change some settings',
        description: 'A changed default or global key reaches every bot that inherits it, and restarts it.',
        headers: IfMatchSchema,
        querystring: WriteQuerySchema,
        body: UpdateSettingsSchema,
        response: writeAnswers(SettingsSchema),
      },
    },
    async (request, reply) => {
      const written = await updateSettings(
        writesTo(context, request.query, reply),
        request.body,
        ifMatchOf(request.headers['if-match']),
      );
      setEtag(reply, written.value);
      reply.status(written.published ? 200 : 202);
      return written.value;
    },
  );

  api.post(
    '/settings/recipients/accept',
    {
      schema: {
        tags,
        operationId: 'acceptRecipients',
        summary: 'Seal keys for the recipients that claworc.yaml names now',
        description: 'A commit that changes the recipients adds none to those that keys are sealed for before this.',
        body: AcceptRecipientsSchema,
        response: answers(SettingsSchema),
      },
    },
    (request, reply) => {
      const settings = acceptRecipients(context, request.body.recipients);
      setEtag(reply, settings);
      return settings;
    },
  );
}
