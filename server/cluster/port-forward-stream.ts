import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { ClaworcError } from '../lib/errors.ts';
import { keepAlive } from '../lib/socket-keep-alive.ts';

const DATA = 0;
const ERROR = 1;
/** Each channel starts with its port, two bytes. */
const PORT_BYTES = 2;
/** How long the API server may take to answer a close frame. */
const CLOSE_WAIT_MS = 1_000;

/**
 * The data channel of a `v4.channel.k8s.io` WebSocket as a stream. It reads no faster than its reader and writes no
 * faster than the socket. It ends when the pod closes its side (the protocol knows no half-closed connection), and is
 * destroyed with an error that says what the kubelet said, or that the API server went silent.
 */
export function createPortForwardStream(socket: WebSocket, subject: string, pingMs: number): Duplex {
  const alive = keepAlive(socket, pingMs);
  const started = new Set<number>();

  const stream = new Duplex({
    allowHalfOpen: false,
    readableHighWaterMark: 256 * 1024,
    read: () => socket.resume(),
    write(chunk: Buffer, _encoding, done) {
      socket.send(Buffer.concat([Buffer.of(DATA), chunk]), { binary: true }, (error) => done(error ?? null));
    },
    destroy(error, done) {
      alive.stop();
      socket.resume();
      socket.close(1000);
      const timer = setTimeout(() => socket.terminate(), CLOSE_WAIT_MS);
      socket.once('close', () => clearTimeout(timer));
      done(error);
    },
  });

  const fail = (message: string): void => {
    stream.destroy(new ClaworcError('cluster_refused', message, { subject, retryable: true }));
  };

  const take = (message: Buffer): void => {
    const [channel] = message;
    if (channel === undefined) return;
    // The first message of a channel is its port and nothing else.
    const payload = message.subarray(started.has(channel) ? 1 : 1 + PORT_BYTES);
    started.add(channel);
    if (payload.length === 0) return;
    if (channel === ERROR) fail(explain(payload.toString('utf8')));
    else if (channel === DATA && !stream.push(payload)) socket.pause();
  };

  socket.on('message', (data) => {
    alive.seen();
    if (!stream.destroyed && Buffer.isBuffer(data)) take(data);
  });
  socket.on('error', (error) => stream.destroy(error));
  socket.on('close', (code) => {
    if (code === 1000 || code === 1005) stream.push(null);
    else if (!stream.destroyed) fail('The connection to the API server broke.');
  });
  return stream;
}

/** The kubelet's text is long and starts with ids; its last clause says what happened. */
function explain(text: string): string {
  const reason = /connection refused|no such host|timed? ?out|sandbox.*not found|network is unreachable/i.exec(
    text,
  )?.[0];
  return `The kubelet can't reach the port: ${
    reason ??
    text
      .slice(0, 300)
      .replace(/\p{Cc}+/gu, ' ')
      .trim()
  }.`;
}
