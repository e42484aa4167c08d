import { changedEntries } from '../../../constructs/repo/layered-map.ts';
import type { DesiredState, DesiredUnit, PrunePermit } from './desired-state.ts';

const NONE: ReadonlyMap<string, DesiredUnit> = new Map();

/** Units whose desired state differs between two commits; values are compared by identity. */
export function changedUnits(before: DesiredState | null, after: DesiredState | null): readonly string[] {
  return [...changedEntries(before?.units ?? NONE, after?.units ?? NONE).keys()];
}

export function isSamePermit(a: PrunePermit, b: PrunePermit): boolean {
  if (a.allowed || b.allowed) return a.allowed === b.allowed;
  const isSameHold = a.overwrites?.units === b.overwrites?.units && a.overwrites?.reason === b.overwrites?.reason;
  return a.reason === b.reason && isSameHold;
}
