/** Time and randomness come in as arguments; this is the shape they come in. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** `2026-11-19T14:31:40Z`: UTC, whole seconds, the form that records and commits carry. */
export function isoSeconds(clock: Clock): string {
  return new Date(clock.now()).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
