import { setTimeout as delay } from 'node:timers/promises';
import type { Scatter } from '../../git/folder/maintenance.ts';
import { messageOf } from '../../lib/errors.ts';
import { hasEnded } from '../../lib/has-ended.ts';
import type { AppContext } from '../app-context.ts';

export interface UpkeepOptions {
  /** Above one of these objects are put together. */
  readonly most?: Scatter;
  /** How long main has to be left alone before that. */
  readonly restMs?: number;
}

/** Below that there is nothing to gain: a clone of as many is a matter of a second. */
const MOST: Scatter = { loose: 2_000, packs: 20 };
const REST_MS = 2_000;
/** However busy main is. */
const LONGEST_MS = 60_000;
const WHOLE_EACH_MS = 86_400_000;

/**
 * Keeps the repository from growing for ever: each edit leaves loose objects or a small pack. Looks at it when main has
 * moved, never by a timer of its own; one consolidation at a time, and edits go on meanwhile.
 */
export async function keepInOrder(
  { repository, publisher, log, clock }: Pick<AppContext, 'repository' | 'publisher' | 'log' | 'clock'>,
  signal: AbortSignal,
  { most = MOST, restMs = REST_MS }: UpkeepOptions = {},
): Promise<void> {
  const { maintenance } = repository;
  let wholeAt: number | undefined;
  let moves = 1;
  let rouse = (): void => undefined;
  const stopListening = publisher.on('state', () => {
    moves++;
    rouse();
  });

  const isOver = ({ loose, packs }: Scatter): boolean => loose > most.loose || packs > most.packs;
  const tidy = async (): Promise<void> => {
    const before = await maintenance.scatter();
    if (!isOver(before)) return;
    const from = clock.now();
    const whole = wholeAt === undefined || from - wholeAt > WHOLE_EACH_MS;
    await maintenance.consolidate({ whole, now: from, signal });
    if (whole) wholeAt = from;
    const after = await maintenance.scatter();
    log.info('Repository put in order', {
      loose: `${before.loose} -> ${after.loose}`,
      packs: `${before.packs} -> ${after.packs}`,
      whole,
      ms: clock.now() - from,
    });
  };

  /** Until main is left alone, or has been busy for long. */
  const settle = async (): Promise<void> => {
    const until = clock.now() + LONGEST_MS;
    for (let seen = -1; seen !== moves && clock.now() < until && !signal.aborted;) {
      seen = moves;
      await delay(restMs, undefined, { signal }).catch(() => undefined);
    }
  };

  try {
    for (let seen = 0; !hasEnded(signal);) {
      if (seen === moves) {
        await new Promise<void>((resolve) => {
          rouse = resolve;
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
        continue;
      }
      await settle();
      seen = moves;
      if (hasEnded(signal)) return;
      await tidy().catch((error: unknown) => {
        if (!signal.aborted) log.warn('The repository could not be put in order', { error: messageOf(error) });
      });
    }
  } finally {
    stopListening();
  }
}
