import type { FleetState } from '../../http/schemas/answers.ts';

type Counts = Pick<FleetState, 'applied' | 'total'>;

/** How many bots there are and how many are applied, as was told last: counting again would look at every bot. */
export interface Tally {
  /** Null before the fleet was counted first. */
  read(): Counts | null;
  set(counts: Counts): void;
}

export function createTally(): Tally {
  let known: Counts | null = null;
  return {
    read: () => known,
    set: (counts) => {
      known = counts;
    },
  };
}
