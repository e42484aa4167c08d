import type { AppContext } from '../../services/app-context.ts';
import { previewInstanceRestore, restoreInstance } from '../../services/history/restore.ts';
import { previewFleetRestore, restoreFleet } from '../../services/history/restore-fleet.ts';
import type { App } from '../app-type.ts';
import { ifMatchOf, setEtag } from '../etag.ts';
import {
  FleetRestorePreviewSchema,
  FleetRestoreRequestSchema,
  RestoredFleetSchema,
  RestorePreviewSchema,
  RestoreRequestSchema,
} from '../schemas/history.ts';
import { InstanceSchema } from '../schemas/instance.ts';
import { WriteQuerySchema } from '../schemas/proposals.ts';
import { IdParamsSchema, IfMatchSchema } from '../schemas/requests.ts';
import { writesTo } from '../write-target.ts';
import { answers, writeAnswers } from './answers.ts';

const tags = ['history'];

export function restoreRoutes(api: App, context: AppContext): void {
  api.post(
    '/instances/:id/restore',
    {
      schema: {
        tags,
        operationId: 'restoreInstance',
        summary: 'Give a bot the record that it had at a commit',
        description:
          'An edit like any other: merged with main, checked by the rules of today. Data in volumes is not part of it. A ' +
          'bot that was deleted is named by its name.',
        params: IdParamsSchema,
        headers: IfMatchSchema,
        querystring: WriteQuerySchema,
        body: RestoreRequestSchema,
        response: writeAnswers(InstanceSchema),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const base = ifMatchOf(request.headers['if-match']);
      const into = writesTo(context, request.query, reply);
      const written = await restoreInstance(into, id, request.body.to, base);
      setEtag(reply, written.value);
      reply.status(written.published ? 200 : 202);
      return written.value;
    },
  );

  api.post(
    '/instances/:id/restore/preview',
    {
      schema: {
        tags,
        operationId: 'previewInstanceRestore',
        summary: 'What restoring a bot would commit and do',
        params: IdParamsSchema,
        body: RestoreRequestSchema,
        response: answers(RestorePreviewSchema),
      },
    },
    (request) => previewInstanceRestore(context, request.params.id, request.body.to),
  );

  api.post(
    '/restore',
    {
      schema: {
        tags,
        operationId: 'restoreFleet',
        summary: 'Give every bot, and the defaults of the fleet, what they had at a commit',
        description:
          'One edit. Bots that the commit does not have are removed and keep their volumes; `remove` has to name them.',
        querystring: WriteQuerySchema,
        body: FleetRestoreRequestSchema,
        response: writeAnswers(RestoredFleetSchema),
      },
    },
    async (request, reply) => {
      const { to, remove = [] } = request.body;
      const written = await restoreFleet(writesTo(context, request.query, reply), to, remove);
      reply.status(written.published ? 200 : 202);
      return written.value;
    },
  );

  api.post(
    '/restore/preview',
    {
      schema: {
        tags,
        operationId: 'previewFleetRestore',
        summary: 'What restoring the fleet would commit and do',
        body: RestoreRequestSchema,
        response: answers(FleetRestorePreviewSchema),
      },
    },
    (request) => previewFleetRestore(context, request.body.to),
  );
}
