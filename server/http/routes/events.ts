import type { AppContext } from '../../services/app-context.ts';
import type { App } from '../app-type.ts';
import type { EventStreams } from '../event-streams.ts';
import { streamAnswers } from './answers.ts';

export function eventRoutes(api: App, _context: AppContext, streams: EventStreams): void {
  api.get(
    '/events',
    {
      exposeHeadRoute: false,
      schema: {
        tags: ['events'],
        operationId: 'followEvents',
        summary: 'Every change as server-sent events',
        description:
          'Events: `snapshot` {instances, fleet, first, more} first on every connection, in pages until `more` is false; ' +
          'changes may come between two pages. Then `instance` (an Instance), ' +
          '`instance_removed` {name}, `fleet` (a FleetState) and `activity` {id}.',
        response: streamAnswers('Events named above; a comment every 15 s.'),
      },
    },
    (request, reply) => streams.follow(request, reply),
  );
}
