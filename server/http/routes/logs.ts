import type { AppContext } from '../../services/app-context.ts';
import { followInstanceLogs } from '../../services/cluster/logs.ts';
import { messageOf } from '../../lib/errors.ts';
import type { App } from '../app-type.ts';
import { frameOf, type EventStream } from '../event-stream.ts';
import type { EventStreams } from '../event-streams.ts';
import { IdParamsSchema, LogsQuerySchema } from '../schemas/requests.ts';
import { streamAnswers } from './answers.ts';

export function logRoutes(api: App, context: AppContext, streams: EventStreams): void {
  api.get(
    '/instances/:id/logs',
    {
      exposeHeadRoute: false,
      schema: {
        tags: ['logs'],
        operationId: 'followLogs',
        summary: 'The log of a bot as server-sent events',
        description: 'Events: `line` {at, text} each, then `end` {reason} when there is nothing more to come.',
        params: IdParamsSchema,
        querystring: LogsQuerySchema,
        response: streamAnswers('`line` and `end` events.'),
      },
    },
    async (request, reply) => {
      const { tail = '100', follow = 'true' } = request.query;
      const gone = new AbortController();
      const lines = await followInstanceLogs(context, request.params.id, {
        tail: Number(tail),
        follow: follow === 'true',
        signal: gone.signal,
      });
      const stream = openOr(
        () => gone.abort(),
        () => streams.open(request, reply),
      );
      stream.closed.addEventListener('abort', () => gone.abort(), { once: true });
      try {
        for await (const line of lines) await stream.writeWhenReady(frameOf('line', line));
        stream.write(frameOf('end', { reason: 'The log ends here.' }));
      } catch (error) {
        stream.write(frameOf('end', { reason: messageOf(error) }));
      }
      stream.end();
    },
  );
}

function openOr(undo: () => void, open: () => EventStream): EventStream {
  try {
    return open();
  } catch (error) {
    undo();
    throw error;
  }
}
