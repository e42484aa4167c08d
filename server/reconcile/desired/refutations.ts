import { withEntries } from '../../../constructs/repo/layered-map.ts';
import type { DesiredState, DesiredUnit } from './desired-state.ts';

/** Told of a unit that can't give its objects, and why. */
export type OnWrong = (wrong: DesiredUnit, reason: string) => void;

/** Units that were remembered as rendered right and are not: none, but for a database that was damaged or tampered with. */
export interface Refutations {
  readonly refute: OnWrong;
  /** Names of units of which anything was ever refuted. */
  readonly units: () => Iterable<string>;
  readonly has: (desired: DesiredUnit) => boolean;
  /** The state with what was refuted of it held; the very same value where nothing was. */
  readonly without: (state: DesiredState) => DesiredState;
}

/** `onRefuted` is told once of each. */
export function createRefutations(onRefuted: (unit: string, reason: string) => void): Refutations {
  const held = new WeakMap<DesiredUnit, DesiredUnit>();
  const names = new Set<string>();
  return {
    refute: (wrong, reason) => {
      if (held.has(wrong)) return;
      const { unit } = wrong;
      held.set(wrong, { unit, state: 'held', reason });
      names.add(unit);
      onRefuted(unit, reason);
    },
    units: () => names,
    has: (desired) => held.has(desired),
    without: (state) => {
      const changes = [...names].flatMap((unit) => {
        const wrong = state.units.get(unit);
        const instead = wrong === undefined ? undefined : held.get(wrong);
        return instead === undefined ? [] : [[unit, instead] as const];
      });
      return changes.length === 0 ? state : { ...state, units: withEntries(state.units, new Map(changes)) };
    },
  };
}
