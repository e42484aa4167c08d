import type { LiveObject } from '../../../cluster/live-object.ts';
import type { RemovalGate } from '../removals/gate.ts';
import type { DesiredUnit, PrunePermit } from '../../desired/desired-state.ts';

export type GuardName = 'source' | 'tombstone' | 'mark' | 'identity' | 'volume' | 'in_use' | 'budget' | 'turn';

/** One object that could be deleted, and all that a guard may ask about. */
export interface PruneCandidate {
  readonly unit: string;
  readonly object: LiveObject;
  readonly applySetId: string;
  readonly desired: DesiredUnit;
  readonly permit: PrunePermit;
  /** @default whatever main removes may go */
  readonly removals?: RemovalGate | undefined;
  /** Names of Secrets that a Deployment of the namespace uses, as it will be after this plan. */
  readonly secretsInUse: ReadonlySet<string>;
}

/** Why an object stays. */
export interface Refusal {
  readonly guard: GuardName;
  readonly reason: string;
}

/** Undefined lets the object go. */
export type Guard = (candidate: PruneCandidate) => Refusal | undefined;
