import type { Guard } from './guard.ts';

/** A unit goes only by its tombstone; an object that a living unit no longer renders goes by the unit's own rendering. */
export const tombstoneGuard: Guard = ({ desired, unit }) => {
  if (desired.state !== 'held') return undefined;
  return { guard: 'tombstone', reason: `main has no tombstone of ${unit}: ${desired.reason}` };
};
