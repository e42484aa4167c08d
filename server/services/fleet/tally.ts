import type { FleetCounts } from './count-bot.ts';

/** How many bots there are and how many are applied, as was told last: counting again would look at every bot. */
export interface Tally {
  /** Null before the fleet was counted first. */
  read(): FleetCounts | null;
  set(counts: FleetCounts): void;
}

export function createTally(): Tally {
  let known: FleetCounts | null = null;
  return {
    read: () => known,
    set: (counts) => {
      known = counts;
    },
  };
}
