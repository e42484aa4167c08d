import type { Changers } from '../live/admission-changers.ts';
import type { PrunePermit } from '../desired/desired-state.ts';
import type { RemovalGate } from './removals/gate.ts';
import type { Expands } from '../live/storage-classes.ts';

/** What a plan depends on beside what is wanted and what is there. */
export interface PlanContext {
  readonly namespace: string;
  /** Of Claworc itself, for the ApplySet's tooling annotation. */
  readonly version: string;
  readonly permit: PrunePermit;
  /** Whether what main removes may begin to go. @default it may */
  readonly removals?: RemovalGate;
  /** Whether volumes of a storage class can grow. @default not known, and tried */
  readonly expands?: Expands;
  /** What may change an object on the way in. @default not known */
  readonly changers?: Changers;
  /** Names of Secrets that live Deployments of other units use; asked only when a Secret could go. */
  readonly secretsUsedElsewhere: () => ReadonlySet<string>;
}
