import { getActivity } from '../../services/fleet/activity.ts';
import type { AppContext } from '../../services/app-context.ts';
import type { App } from '../app-type.ts';
import { ActivityQuerySchema } from '../schemas/requests.ts';
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
        description: 'A `Link` header with `rel="next"` leads to older ones.',
        querystring: ActivityQuerySchema,
        response: answers(ActivitySchema),
      },
    },
    async (request, reply) => {
      const limit = limitOf(request.query.limit);
      const { entries, next } = await getActivity(context, { limit, after: request.query.after });
      if (next !== null) reply.header('link', `<?limit=${limit}&after=${next}>; rel="next"`);
      return entries;
    },
  );
}
