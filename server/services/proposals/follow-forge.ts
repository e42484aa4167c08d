import { getMeta, IMPORTED_COMMIT } from '../../store/meta.ts';
import { listOpenProposals } from '../../store/proposals.ts';
import type { AppContext } from '../app-context.ts';
import { connectForge, type ForgeChoice } from '../forge/connect-forge.ts';
import { noteMergedThere } from './at-forge.ts';
import { createForgeLine, type ForgeLine } from './forge-line.ts';

export interface FollowedForge extends AsyncDisposable {
  readonly line: ForgeLine;
}

type Parts = Pick<
  AppContext,
  'store' | 'repository' | 'publisher' | 'reviews' | 'clock' | 'log' | 'random' | 'failpoint'
>;

/** The forge of a remote whose main is `base`, still to be run. Throws `usage` where it can't be told or nothing opens it. */
export async function followForge(
  parts: Parts,
  choice: ForgeChoice,
  { base, environment }: { readonly base: string; readonly environment: NodeJS.ProcessEnv },
): Promise<FollowedForge> {
  const { store, publisher, reviews, clock, log, random, failpoint } = parts;
  // A person who waits for an answer, and a look that comes again, are told of a limit instead of kept waiting.
  const connected = await connectForge(choice, { environment, clock, log, patienceMs: 0 });
  let isTelling = false;
  const onChange = (number: number, units: readonly string[]): void => {
    isTelling = true;
    publisher.touchProposal(number, units);
    isTelling = false;
  };
  const line = createForgeLine({
    forge: connected.forge,
    title: connected.place.title,
    base,
    store,
    clock,
    log,
    failpoint,
    random: () => (random(1)[0] ?? 0) / 256,
    effect: async (head) => {
      const main = getMeta(store.reader, IMPORTED_COMMIT);
      return main === undefined ? null : reviews.effect(main, head);
    },
    rules: async (head) => {
      const main = getMeta(store.reader, IMPORTED_COMMIT);
      return main === undefined ? [] : (await reviews.of(main, head)).rules;
    },
    onChange,
    onMerged: (row, mergedAs) => noteMergedThere(parts, row, mergedAs),
    onTrouble: () => {
      for (const { number } of listOpenProposals(store.reader)) onChange(number, []);
    },
  });
  const stop = publisher.on('proposal', () => {
    // What a look at the forge has just told is no reason for another.
    if (!isTelling) line.wake();
  });
  return {
    line,
    [Symbol.asyncDispose]: async () => {
      stop();
      await connected[Symbol.asyncDispose]();
    },
  };
}
