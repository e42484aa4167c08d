import type { AppContext } from '../../services/app-context.ts';
import { getManifests } from '../../services/instances/manifests.ts';
import { getOverview } from '../../services/instances/overview.ts';
import type { App } from '../app-type.ts';
import { IdParamsSchema } from '../schemas/requests.ts';
import { ManifestsSchema, OverviewSchema } from '../schemas/answers.ts';
import { answers } from './answers.ts';

export function manifestRoutes(api: App, context: AppContext): void {
  api.get(
    '/instances/:id/manifests',
    {
      schema: {
        tags: ['state'],
        operationId: 'getManifests',
        summary: 'Objects of a bot: on main, live, and how they differ',
        params: IdParamsSchema,
        response: answers(ManifestsSchema),
      },
    },
    (request) => getManifests(context, request.params.id),
  );

  api.get(
    '/instances/:id/overview',
    {
      schema: {
        tags: ['state'],
        operationId: 'getOverview',
        summary: 'The latest change, the keys in effect and what its status means',
        params: IdParamsSchema,
        response: answers(OverviewSchema),
      },
    },
    (request) => getOverview(context, request.params.id),
  );
}
