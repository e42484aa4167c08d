import { FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import type { Repo } from '../../../constructs/repo/repo.ts';

/**
 * What becomes of a bot: `forgotten` where a tombstone went and no record came, so that nothing more is removed. A record
 * that is gone is removed by the tombstone that synth writes for it.
 */
export type Fate = 'lives' | 'kept' | 'destroyed' | 'forgotten';

export function fateOf(unit: string, before: Repo, after: Repo): Fate {
  if (unit === FLEET_UNIT || after.records.has(unit) || after.claimed.has(unit)) return 'lives';
  const [was, is] = [before.tombstones.get(unit), after.tombstones.get(unit)];
  if (is === undefined) return before.records.has(unit) ? 'kept' : was === undefined ? 'lives' : 'forgotten';
  const { data } = is.tombstone.spec;
  if (!before.records.has(unit) && was?.tombstone.spec.data === data) return 'lives';
  return data === 'destroy' ? 'destroyed' : 'kept';
}
