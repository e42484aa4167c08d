import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { snapshotPages } from '../services/fleet/change-feed.ts';
import { messageOf } from '../lib/errors.ts';
import type { AppContext } from '../services/app-context.ts';
import type { BusEvent } from '../services/event-bus.ts';
import type { App } from './app-type.ts';
import type { Conceal } from './conceal-folders.ts';
import { concealFleet } from './conceal-state.ts';
import type { EventPayloads } from './schemas/answers.ts';
import { createEventHistory } from './event-history.ts';
import { frameOf, openEventStream, type EventStream } from './event-stream.ts';
import { createStreamLogs, type StreamLogs } from './stream-logs.ts';
import { createStreamPlaces, type StreamPlaceLimits } from './stream-places.ts';

/** Bytes that all clients together may leave waiting; then those with the most of them are dropped. */
const MOST_WAITING = 64 * 1024 * 1024;

export interface StreamLimits extends StreamPlaceLimits {
  /** @default 64 MiB */
  readonly waitingBytes?: number;
}

/** Every open answer of this server, so that a stop can end them. */
export interface EventStreams {
  open(request: FastifyRequest, reply: FastifyReply): EventStream;
  /** A stream that starts with what its client does not know yet, and then gets every change. */
  follow(request: FastifyRequest, reply: FastifyReply, build: string | null): void;
  /** How many are open. */
  count(): number;
  /** The logs that a stream carries; undefined for a stream that is gone. */
  logsOf(id: string): StreamLogs | undefined;
}

/** One subscription to the bus for all clients: an event is turned into text once. */
export function createEventStreams(
  app: App,
  context: AppContext,
  conceal: Conceal,
  { waitingBytes = MOST_WAITING, ...limits }: StreamLimits = {},
): EventStreams {
  const places = createStreamPlaces(limits);
  const open = new Set<EventStream>();
  const followers = new Set<EventStream>();
  const logs = new Map<string, StreamLogs>();
  const history = createEventHistory(context.startedAt);
  const unsubscribe = context.bus.subscribe((event) => {
    history.add(event);
    if (followers.size === 0) return;
    const frame = changeFrame(event, history.lastId(), conceal);
    for (const follower of followers) follower.write(frame);
    dropSlowest();
  });
  app.addHook('preClose', () => {
    unsubscribe();
    for (const stream of open) stream.end();
  });

  function dropSlowest(): void {
    let total = 0;
    for (const stream of open) total += stream.waiting();
    if (total <= waitingBytes) return;
    for (const stream of [...open].sort((one, other) => other.waiting() - one.waiting())) {
      total -= stream.waiting();
      stream.drop();
      if (total <= waitingBytes / 2) break;
    }
    context.log.warn('Event streams dropped: their clients left too much waiting', { open: open.size });
  }
  function openTracked(request: FastifyRequest, reply: FastifyReply): EventStream {
    const leave = places.take(request.raw);
    const stream = openEventStream(request, reply);
    open.add(stream);
    stream.closed.addEventListener(
      'abort',
      () => {
        open.delete(stream);
        leave();
      },
      { once: true },
    );
    return stream;
  }
  function addFollower(stream: EventStream): string {
    const id = Buffer.from(context.random(18)).toString('base64url');
    followers.add(stream);
    logs.set(id, createStreamLogs(context, stream, conceal));
    stream.closed.addEventListener('abort', () => {
      followers.delete(stream);
      logs.delete(id);
    });
    return id;
  }
  async function sendPages(
    stream: EventStream,
    first: IteratorResult<EventPayloads['snapshot']>,
    pages: Iterator<EventPayloads['snapshot']>,
  ): Promise<void> {
    try {
      for (let page = first; page.done !== true; page = pages.next()) {
        const shown = { ...page.value, fleet: concealFleet(page.value.fleet, conceal) };
        await stream.writeWhenReady(frameOf('snapshot', shown, history.lastId()));
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
    count: () => open.size,
    logsOf: (id) => logs.get(id),
    follow(request, reply, build) {
      places.check(request.raw);
      const missed = history.since(request.headers['last-event-id']);
      const pages = snapshotPages(context);
      // Asked for before the headers go out: a failure is still an answer of its own.
      const first = missed === null ? pages.next() : null;
      const stream = openTracked(request, reply);
      const id = addFollower(stream);
      for (const event of missed ?? []) stream.write(changeFrame(event, history.lastId(), conceal));
      stream.write(frameOf('stream', { id, build, resumed: first === null } satisfies EventPayloads['stream']));
      if (first !== null) void sendPages(stream, first, pages);
    },
  };
}

function changeFrame(event: BusEvent, id: string, conceal: Conceal): string {
  return frameOf(event.name, event.name === 'fleet' ? concealFleet(event.payload, conceal) : event.payload, id);
}
