import { getConfig, putConfig } from '../../services/instances/config.ts';
import type { AppContext } from '../../services/app-context.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { App } from '../app-type.ts';
import { ifMatchOf, setEtag } from '../etag.ts';
import { ConfigSchema, PutConfigSchema } from '../schemas/instance.ts';
import { WriteQuerySchema } from '../schemas/proposals.ts';
import { IdParamsSchema, IfMatchSchema } from '../schemas/requests.ts';
import { writesTo } from '../write-target.ts';
import { answers, writeAnswers } from './answers.ts';

const tags = ['config'];

export function configRoutes(api: App, context: AppContext): void {
  api.get(
    '/instances/:id/config',
    {
      schema: {
        tags,
        operationId: 'getConfig',
        summary: 'clawdbot.json of a bot',
        params: IdParamsSchema,
        response: answers(ConfigSchema),
      },
    },
    (request, reply) => {
      const config = getConfig(context, request.params.id);
      setEtag(reply, config);
      return config;
    },
  );

  api.put(
    '/instances/:id/config',
    {
      schema: {
        tags,
        operationId: 'putConfig',
        summary: 'Replace clawdbot.json of a bot',
        description:
          'Restarts the bot. If-Match is required (428), and refused when it is not the revision on main (412). A syntax ' +
          'error is answered with 400, line and column, and nothing is saved.',
        params: IdParamsSchema,
        headers: IfMatchSchema,
        querystring: WriteQuerySchema,
        body: PutConfigSchema,
        response: writeAnswers(ConfigSchema),
      },
    },
    async (request, reply) => {
      const header = request.headers['if-match'];
      if (header === undefined) {
        throw new ClaworcError('precondition_required', 'Send If-Match with the revision that this config replaces.', {
          field: 'If-Match',
        });
      }
      const into = writesTo(context, request.query, reply);
      const written = await putConfig(into, request.params.id, request.body.config, ifMatchOf(header));
      setEtag(reply, written.value);
      reply.status(written.published ? 200 : 202);
      return written.value;
    },
  );
}
