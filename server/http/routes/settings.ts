import type { AppContext } from '../../services/app-context.ts';
import { getSettings } from '../../services/fleet/settings.ts';
import { updateSettings } from '../../services/fleet/update-settings.ts';
import type { App } from '../app-type.ts';
import { ifMatchOf, setEtag } from '../etag.ts';
import { IfMatchSchema } from '../schemas/requests.ts';
import { SettingsSchema, UpdateSettingsSchema } from '../schemas/settings.ts';
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
        body: UpdateSettingsSchema,
        response: writeAnswers(SettingsSchema),
      },
    },
    async (request, reply) => {
      const written = await updateSettings(context, request.body, ifMatchOf(request.headers['if-match']));
      setEtag(reply, written.value);
      reply.status(written.published ? 200 : 202);
      return written.value;
    },
  );
}
