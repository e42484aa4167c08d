import type { FastifyReply, FastifyRequest } from 'fastify';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** Bytes that a slow client may have waiting before it is dropped; it connects again and gets a fresh snapshot. */
const MAX_WAITING = 4 * 1024 * 1024;
const HEARTBEAT_MS = 15_000;
const RETRY_MS = 2_000;

/** One event of the EventSource format, ready to be written; JSON has no line breaks. */
export function frameOf(event: string, data: unknown, id?: string): string {
  const head = id === undefined ? '' : `id: ${id}\n`;
  return `${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** An answer that stays open: server-sent events as the HTML standard defines them. */
export interface EventStream {
  /** Aborts when the client is gone or the stream was ended. */
  readonly closed: AbortSignal;
  /** Sends at once; a client that reads too slowly for `MAX_WAITING` is dropped. */
  write(frame: string): void;
  /** Sends, and resolves when the client has room for more, or is gone. */
  writeWhenReady(frame: string): Promise<void>;
  /** Bytes that its client has not taken yet. */
  waiting(): number;
  /** Breaks it off: a client that wants to know the rest comes again. */
  drop(): void;
  end(): void;
}

/** Takes the reply over: headers go out now, with the retry time and a heartbeat comment every 15 s. */
export function openEventStream(request: FastifyRequest, reply: FastifyReply): EventStream {
  const response: ServerResponse = reply.raw;
  const closing = new AbortController();
  reply.hijack();
  // Headers that hooks have set on the reply would be lost with it.
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) response.setHeader(name, value);
  }
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  // Every log that waits for room waits for the same event.
  response.setMaxListeners(0);
  request.raw.socket.setNoDelay(true);
  response.write(`retry: ${RETRY_MS}\n\n`);
  const heartbeat = setInterval(() => write(': still here\n\n'), HEARTBEAT_MS);
  response.once('close', () => {
    clearInterval(heartbeat);
    closing.abort();
  });
  response.on('error', () => response.destroy());

  function write(frame: string): boolean {
    if (response.destroyed || response.writableEnded) return true;
    const hasRoom = response.write(frame);
    if (response.writableLength > MAX_WAITING) response.destroy();
    return hasRoom;
  }
  return {
    closed: closing.signal,
    write: (frame) => void write(frame),
    writeWhenReady: async (frame) => {
      if (write(frame) || closing.signal.aborted) return;
      await once(response, 'drain', { signal: closing.signal }).catch(() => undefined);
    },
    waiting: () => response.writableLength,
    drop: () => void response.destroy(),
    end: () => void response.end(),
  };
}
