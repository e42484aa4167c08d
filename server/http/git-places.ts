import type { IncomingMessage } from 'node:http';
import { ClaworcError } from '../lib/errors.ts';
import { createSemaphore, type Semaphore } from '../lib/semaphore.ts';
import { clientOf } from './client-of.ts';

export interface GitPlaces {
  /** Counts one that came; what it gives is called when it has gone. Throws `git_unreachable` where too many are there. */
  come(request: IncomingMessage): () => void;
  /** Runs `task` when a place is free. Rejects with the signal's reason while it still waits. */
  run<T>(request: IncomingMessage, task: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** Clones and pushes at once; of them those over connections from one address, and those of one client. */
const AT_ONCE = { all: 8, peer: 6, client: 4 };
/** Those that are at it or wait; the next ones are sent away. */
const PRESENT = { all: 72, peer: 54, client: 36 };

/** Who may clone and push: one client that keeps many of them going must not keep all others away. */
export function createGitPlaces(): GitPlaces {
  const all = createSemaphore(AT_ONCE.all);
  const groups = new Map<string, { readonly semaphore: Semaphore; present: number }>();
  let present = 0;

  const groupOf = (key: string, places: number) => {
    const group = groups.get(key) ?? { semaphore: createSemaphore(places), present: 0 };
    groups.set(key, group);
    return group;
  };
  const presentOf = (key: string): number => groups.get(key)?.present ?? 0;

  return {
    come: (request) => {
      const { peer, client } = clientOf(request);
      if (present >= PRESENT.all) throw tooMany('');
      if (presentOf(peer) >= PRESENT.peer || presentOf(client) >= PRESENT.client) throw tooMany(' from this address');
      const come = [
        [peer, groupOf(peer, AT_ONCE.peer)],
        [client, groupOf(client, AT_ONCE.client)],
      ] as const;
      present += 1;
      for (const [, group] of come) group.present += 1;
      return () => {
        present -= 1;
        for (const [key, group] of come) {
          group.present -= 1;
          if (group.present === 0 && groups.get(key) === group) groups.delete(key);
        }
      };
    },
    run: (request, task, signal) => {
      const { peer, client } = clientOf(request);
      const ofPeer = groupOf(peer, AT_ONCE.peer).semaphore;
      const ofClient = groupOf(client, AT_ONCE.client).semaphore;
      return ofClient.run(() => ofPeer.run(() => all.run(task, signal), signal), signal);
    },
  };
}

function tooMany(whose: string): ClaworcError {
  return new ClaworcError('git_unreachable', `Too many clones and pushes at once${whose}; try again in a moment.`, {
    retryable: true,
  });
}
