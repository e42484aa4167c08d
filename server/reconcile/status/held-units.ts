import type { DesiredState } from '../desired/desired-state.ts';
import { strayUnit } from '../desired/stray-unit.ts';
import type { LiveIndex } from '../live/live-index.ts';
import type { HeldUnit } from './observed.ts';

/** Units that are neither applied nor pruned: those that are wrong on main, and those that only the cluster knows. */
export function heldUnits(desired: DesiredState | null, index: LiveIndex): readonly HeldUnit[] {
  if (desired === null) return [];
  const strays = index.units().filter((unit) => !desired.units.has(unit) && index.hasMembers(unit));
  return [...desired.units.values(), ...strays.sort().map(strayUnit)].flatMap((unit) =>
    unit.state === 'held' ? [{ unit: unit.unit, reason: unit.reason }] : [],
  );
}
