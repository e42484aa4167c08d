import { setTimeout as delay } from 'node:timers/promises';
import type { Mirror } from '../../git/remote/mirror.ts';
import type { Clock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import { hasEnded } from '../../lib/has-ended.ts';
import type { Log } from '../../lib/log.ts';
import { createRemoteSide } from './remote-side.ts';

/** For a process that only reads: keeps main here at the head of the remote until aborted. Says each change once. */
export async function followRemote(
  mirror: Mirror,
  options: {
    readonly log: Log;
    readonly clock: Clock;
    readonly random: () => number;
    /** @default 30_000 */
    readonly pollMs?: number;
  },
  signal: AbortSignal,
): Promise<void> {
  const { log, clock, random, pollMs = 30_000 } = options;
  const side = createRemoteSide({ mirror, clock, random, pollMs, log });
  let said = '';
  while (!signal.aborted) {
    const words = await side
      .follow(signal)
      .then(() => side.obstacle(null))
      .then((found) => (found === undefined || found.state === 'following' ? '' : found.detail), messageOf);
    if (hasEnded(signal)) return;
    if (words !== said) {
      if (words === '') log.info('The remote is read again');
      else log.warn(words);
      said = words;
    }
    await delay(Math.max(side.dueIn(), 100), undefined, { signal }).catch(() => undefined);
  }
}
