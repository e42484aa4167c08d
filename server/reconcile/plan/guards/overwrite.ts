import { FLEET_UNIT } from '../../../../constructs/repo/paths.ts';
import type { PrunePermit } from '../../desired/desired-state.ts';
import { unitOf } from '../../desired/stamp.ts';
import type { LiveUnit } from '../../live/live-unit.ts';

/**
 * Why a unit is not written as it may be another repository's, or undefined. A unit of which nothing lives is nobody's,
 * but for what the fleet shares: whoever recorded a commit there removes what it doesn't know.
 */
export function refuseOverwrite(unit: string, { objects }: LiveUnit, permit: PrunePermit): string | undefined {
  const hold = permit.allowed ? undefined : permit.overwrites;
  if (hold === undefined) return undefined;
  if (unit === FLEET_UNIT) return hold.reason;
  const lives = [...objects.values()].some((object) => unitOf(object) === unit);
  return hold.units === 'living' && lives ? hold.reason : undefined;
}
