import { budgetGuard } from './budget.ts';
import type { Guard, PruneCandidate, Refusal } from './guard.ts';
import { identityGuard } from './identity.ts';
import { inUseGuard } from './in-use.ts';
import { markGuard } from './mark.ts';
import { sourceGuard } from './source.ts';
import { tombstoneGuard } from './tombstone.ts';
import { volumeGuard } from './volume.ts';

const GUARDS: readonly Guard[] = [
  markGuard,
  tombstoneGuard,
  sourceGuard,
  budgetGuard,
  volumeGuard,
  inUseGuard,
  identityGuard,
];

/** The first reason to keep an object; undefined only when every guard lets it go. */
export function refusePrune(candidate: PruneCandidate): Refusal | undefined {
  for (const guard of GUARDS) {
    const refusal = guard(candidate);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

export type { PruneCandidate, Refusal } from './guard.ts';
export { isRetainedFrom } from './mark.ts';
export { refuseOverwrite } from './overwrite.ts';
