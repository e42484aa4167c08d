const DELAYS = [500, 1_000, 2_000, 4_000, 8_000];

/** Milliseconds before the `attempt`th try (0 is the first), with a fifth of jitter so that tabs do not come at once. */
export function retryDelay(attempt: number, random: () => number): number {
  const base = DELAYS[Math.min(attempt, DELAYS.length - 1)] ?? 8_000;
  return Math.round(base * (0.8 + random() * 0.4));
}
