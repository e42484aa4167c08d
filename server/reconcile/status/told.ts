import type { Repair, Trouble } from './trouble.ts';
import type { UnitStatus } from './observed.ts';

/** A status with its evidence, before the wish and the clock have been looked at. */
export interface Told {
  readonly status: UnitStatus;
  readonly reason: string;
  readonly seen: string;
  readonly next: string;
  readonly since: string | undefined;
  readonly repair: Repair;
  readonly command?: string;
}

export const NOTHING_TO_DO = 'Nothing to do.';
/** Why the cluster isn't as main says, where nothing holds it. */
export const BEING_APPLIED = 'being applied';

/** Of what the API server says no to for good. */
export const CORRECT_ON_MAIN = 'Correct what it names on main, then it is tried again.';

export function tell(
  status: UnitStatus,
  reason: string,
  seen: string,
  since: string | undefined,
  next = NOTHING_TO_DO,
): Told {
  return { status, reason, seen, next, since, repair: 'none' };
}

export function tellTrouble({ cause, ...trouble }: Trouble, since: string | undefined): Told {
  return { status: 'error', reason: cause, since, ...trouble };
}
