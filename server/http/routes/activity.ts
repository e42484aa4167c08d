import { getActivity } from '../../services/fleet/activity.ts';
import type { AppContext } from '../../services/app-context.ts';
import type { App } from '../app-type.ts';
import { PageQuerySchema } from '../schemas/requests.ts';
import { ActivitySchema } from '../schemas/answers.ts';
import { answers } from './answers.ts';
import { limitOf } from './limit.ts';

export function activityRoutes(api: App, context: AppContext): void {
  api.get(
    '/activity',
    {
      schema: {
        tags: ['history'],
        operationId: 'getActivity',
        summary: 'What happened to the fleet, newest first',
        querystring: PageQuerySchema,
        response: answers(ActivitySchema),
      },
    },
    (request) => getActivity(context, limitOf(request.query.limit)),
  );
}
