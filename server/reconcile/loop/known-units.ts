import type { Applier } from '../../../constructs/schema/index.ts';
import type { LiveIndex } from '../live/live-index.ts';

/** True where something of the unit lives, told by what its applier writes on objects. */
export const livesIn = (index: LiveIndex, applier: Applier, unit: string): boolean =>
  applier === 'external' ? index.hasLabelled(unit) : index.hasMembers(unit);

/** Every unit that main, the cluster or an earlier look knows, each once. */
export function knownUnits(index: LiveIndex, applier: Applier, ...known: readonly Iterable<string>[]): Set<string> {
  const living = applier === 'external' ? index.labelledUnits() : index.units();
  return new Set([...known.flatMap((units) => [...units]), ...living]);
}
