import type { DesiredUnit } from './desired-state.ts';

/** A unit that main doesn't name: it stays as it is, and that is said. */
export function strayUnit(unit: string): DesiredUnit {
  const reason = `main has neither a record nor a tombstone of ${unit}: nothing of it is changed or removed`;
  return { unit, state: 'held', reason };
}
