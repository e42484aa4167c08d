import { connect, type Socket } from 'node:net';
import { ClaworcError } from '../lib/errors.ts';
import { ScreenTimeout } from './errors.ts';

export interface DialTarget {
  /** A pod's address or a Service's name; always from the cluster, never from a request. */
  readonly host: string;
  readonly port: number;
  /** @default 5_000 */
  readonly timeoutMs?: number;
}

/**
 * Opens TCP to a screen, for a server that can reach pods. Rejects with ScreenTimeout, or `cluster_unreachable` with
 * the reason. There is no way to call it off: a connection that is made and dropped counts against us at TigerVNC.
 */
export async function dialScreen({ host, port, timeoutMs = 5_000 }: DialTarget): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 });
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const timer = setTimeout(() => socket.destroy(new ScreenTimeout(`${host}:${port} did not answer.`)), timeoutMs);
  const fail = (error: Error): void => reject(asFailure(error, `${host}:${port}`));
  socket.on('error', fail);
  socket.once('connect', () => {
    resolve(socket);
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

function asFailure(error: Error, subject: string): Error {
  if (error instanceof ScreenTimeout) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return new ClaworcError('cluster_unreachable', `The screen at ${subject} can't be reached: ${code}.`, {
    subject,
    retryable: true,
    cause: error,
  });
}
