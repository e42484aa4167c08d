import type { Applier } from './appliers.ts';

/** In this order, each on what the one before left. */
export const STEPS = ['first apply', 'nothing to do', 'one bot changed', 'drift', 'one bot removed'] as const;

export type Step = (typeof STEPS)[number];

/** One pass of one applier. */
export interface Pass {
  readonly size: number;
  readonly step: Step;
  readonly applier: Applier | 'raw';
  /** Seconds by the clock, and of CPU; the raw client's CPU is this process's and is not told. */
  readonly wall: number;
  readonly cpu: number | undefined;
  /** Megabytes at the highest. */
  readonly peak: number | undefined;
  readonly requests: string;
}
