import type { DesiredState, DesiredUnit, PrunePermit } from './desired-state.ts';

const NONE: ReadonlyMap<string, DesiredUnit> = new Map();

/** Units whose desired state differs between two commits; values are compared by identity. */
export function changedUnits(before: DesiredState | null, after: DesiredState | null): readonly string[] {
  const old = before?.units ?? NONE;
  const next = after?.units ?? NONE;
  const changed = [...next].filter(([unit, desired]) => old.get(unit) !== desired).map(([unit]) => unit);
  return [...changed, ...[...old.keys()].filter((unit) => !next.has(unit))];
}

export function isSamePermit(a: PrunePermit, b: PrunePermit): boolean {
  if (a.allowed || b.allowed) return a.allowed === b.allowed;
  const isSameHold = a.overwrites?.units === b.overwrites?.units && a.overwrites?.reason === b.overwrites?.reason;
  return a.reason === b.reason && isSameHold;
}
