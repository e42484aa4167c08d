import type { IncomingMessage } from 'node:http';
import { ClaworcError } from '../lib/errors.ts';
import { clientOf } from './client-of.ts';

export interface StreamPlaceLimits {
  /** Open at once. @default 512 */
  readonly streams?: number;
  /** Of them over connections from one address, which may be a proxy in front of everybody. @default 384 */
  readonly ofPeer?: number;
  /** Of them for one client. @default 128: an office behind one address, with one stream for each of its browsers */
  readonly ofClient?: number;
}

export interface StreamPlaces {
  /** Takes a place; what it gives frees it. Throws `too_many`. */
  take(request: IncomingMessage): () => void;
  /** Throws as `take` would. */
  check(request: IncomingMessage): void;
}

/**
 * Who may open how many streams: one client that opens them over and over must not take the places of all others.
 * Whoever makes up clients has connections from one address all the same, and leaves places to others.
 */
export function createStreamPlaces({
  streams = 512,
  ofPeer = 384,
  ofClient = 128,
}: StreamPlaceLimits = {}): StreamPlaces {
  const taken = new Map<string, number>();
  const keysOf = (request: IncomingMessage) => {
    const { peer, client } = clientOf(request);
    return ['all', peer, client] as const;
  };
  const check = (request: IncomingMessage): void => {
    const [all, peer, client] = keysOf(request);
    const isFull = (key: string, most: number): boolean => (taken.get(key) ?? 0) >= most;
    if (isFull(all, streams))
      throw tooMany(`${streams} event streams are open, as many as may be: try again in a moment.`);
    if (isFull(client, ofClient) || isFull(peer, ofPeer)) {
      const most = isFull(client, ofClient) ? ofClient : ofPeer;
      throw tooMany(
        `${most} event streams are open from this address, as many as one may have: close some of its pages.`,
      );
    }
  };
  const add = (key: string, difference: 1 | -1): void => {
    const count = (taken.get(key) ?? 0) + difference;
    if (count === 0) taken.delete(key);
    else taken.set(key, count);
  };
  return {
    check,
    take: (request) => {
      check(request);
      const keys = keysOf(request);
      for (const key of keys) add(key, 1);
      return () => {
        for (const key of keys) add(key, -1);
      };
    },
  };
}

function tooMany(message: string): ClaworcError {
  return new ClaworcError('too_many', message, { retryable: true });
}
