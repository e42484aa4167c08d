import Type from 'typebox';
import { ClaworcError } from '../../lib/errors.ts';
import type { App } from '../app-type.ts';
import type { EventStreams } from '../event-streams.ts';
import { StreamLogsSchema, StreamParamsSchema } from '../schemas/requests.ts';
import { streamAnswers, writeAnswers } from './answers.ts';

/** `build`: which build of the dashboard the server has. */
export function eventRoutes(api: App, streams: EventStreams, build: () => Promise<string | null>): void {
  api.get(
    '/events',
    {
      exposeHeadRoute: false,
      schema: {
        tags: ['events'],
        operationId: 'followEvents',
        summary: 'Every change as server-sent events',
        description:
          'Events: `stream` {id, build, resumed}, then `snapshot` {instances, fleet, first, more} in pages until `more` is ' +
          'false; changes may come between two pages. Then `instance` (an Instance), ' +
          '`instance_removed` {name}, `fleet` (a FleetState) and `activity` {id}. With a Last-Event-ID that is not too ' +
          'old, what was missed comes in place of the snapshot (`resumed`). `log` {key, at, text} and `log_state` {key, ' +
          'state} come of the logs that the stream was told to carry.',
        response: streamAnswers('Events named above; a comment every 15 s.'),
      },
    },
    async (request, reply) => streams.follow(request, reply, await build()),
  );

  api.put(
    '/events/:stream/logs',
    {
      schema: {
        tags: ['events'],
        operationId: 'carryLogs',
        summary: 'Which logs an open event stream carries',
        description:
          'These and no others from now on; a client needs one connection for all that it follows. A log that has ended ' +
          'begins again under another key.',
        params: StreamParamsSchema,
        body: StreamLogsSchema,
        response: writeAnswers(Type.Object({ logs: Type.Integer({ description: 'How many.' }) })),
      },
    },
    (request) => {
      const logs = streams.logsOf(request.params.stream);
      if (logs === undefined)
        throw new ClaworcError('not_found', 'There is no such stream; open one with GET /events.');
      logs.follow(request.body.logs);
      return { logs: request.body.logs.length };
    },
  );
}
