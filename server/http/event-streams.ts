import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { snapshotPages } from '../services/fleet/change-feed.ts';
import { messageOf } from '../lib/errors.ts';
import type { AppContext } from '../services/app-context.ts';
import type { App } from './app-type.ts';
import type { EventPayloads } from './schemas/answers.ts';
import { frameOf, openEventStream, type EventStream } from './event-stream.ts';

/** Every open answer of this server, so that a stop can end them. */
export interface EventStreams {
  open(request: FastifyRequest, reply: FastifyReply): EventStream;
  /** A stream that starts with the snapshot and then gets every change. */
  follow(request: FastifyRequest, reply: FastifyReply): void;
}

/** One subscription to the bus for all clients: an event is turned into text once. */
export function createEventStreams(app: App, context: AppContext): EventStreams {
  const open = new Set<EventStream>();
  const followers = new Set<EventStream>();
  let sequence = 0;
  const unsubscribe = context.bus.subscribe((event) => {
    if (followers.size === 0) return;
    const frame = frameOf(event.name, event.payload, String(++sequence));
    for (const follower of followers) follower.write(frame);
  });
  app.addHook('preClose', () => {
    unsubscribe();
    for (const stream of open) stream.end();
  });

  function openTracked(request: FastifyRequest, reply: FastifyReply): EventStream {
    const stream = openEventStream(request, reply);
    open.add(stream);
    stream.closed.addEventListener('abort', () => open.delete(stream), { once: true });
    return stream;
  }
  async function sendPages(
    stream: EventStream,
    first: IteratorResult<EventPayloads['snapshot']>,
    pages: Iterator<EventPayloads['snapshot']>,
  ): Promise<void> {
    try {
      for (let page = first; page.done !== true; page = pages.next()) {
        await stream.writeWhenReady(frameOf('snapshot', page.value, String(sequence)));
        await nextTurn();
        if (stream.closed.aborted) return;
      }
    } catch (error) {
      context.log.error('The fleet could not be sent', { error: messageOf(error) });
      stream.end();
    }
  }
  return {
    open: openTracked,
    follow(request, reply) {
      const pages = snapshotPages(context);
      // Asked for before the headers go out: a failure is still an answer of its own.
      const first = pages.next();
      const stream = openTracked(request, reply);
      followers.add(stream);
      stream.closed.addEventListener('abort', () => followers.delete(stream), { once: true });
      void sendPages(stream, first, pages);
    },
  };
}
