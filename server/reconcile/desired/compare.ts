import type { Suspension } from '../../../constructs/schema/index.ts';
import { changedEntries } from '../../../constructs/repo/layered-map.ts';
import type { DesiredState, DesiredUnit, PrunePermit } from './desired-state.ts';
import { suspensionIn } from './suspension-in.ts';

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

/** But for the objects, which a mark of theirs tells apart. */
export function isSameUnit(before: DesiredUnit, after: DesiredUnit): boolean {
  if (before.state === 'held') return after.state === 'held' && before.reason === after.reason;
  if (!isSameSuspension(suspensionIn(before), suspensionIn(after))) return false;
  if (before.state === 'removed') return after.state === 'removed' && before.tombstone === after.tombstone;
  return after.state === 'present';
}

const isSameSuspension = (a: Suspension | undefined, b: Suspension | undefined): boolean =>
  a?.mode === b?.mode && a?.reason === b?.reason && a?.from === b?.from;
