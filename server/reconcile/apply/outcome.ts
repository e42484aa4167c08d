import type { ApiFailure, FieldConflict } from '../../cluster/errors.ts';
import type { FieldDifference } from '../plan/diff.ts';
import type { PlannedAction } from '../plan/plan-types.ts';
import type { PortClash } from './port-clash.ts';

export type ResultVerb =
  | 'created'
  | 'configured'
  | 'unchanged'
  | 'replaced'
  | 'retained'
  | 'pruned'
  | 'skipped'
  | 'conflict'
  | 'failed'
  /** Not done yet: something else must be over first. */
  | 'waiting';

/** What became of one planned action. */
export interface ActionResult {
  readonly result: ResultVerb;
  readonly kind: string;
  readonly name: string;
  readonly reason: string;
  readonly fields: readonly FieldDifference[];
  /** A hand edit that was put right: the fields were taken back by force. */
  readonly corrected: boolean;
  /** Field managers whose values were replaced by it, where managedFields name them. */
  readonly correctedFrom?: readonly string[];
  readonly conflicts: readonly FieldConflict[];
  readonly failure?: ApiFailure;
  /** It failed or waits for a node port that somebody else has. */
  readonly clash?: PortClash;
  /** Node ports that it gave back, as main gives them to another, before it could have its own. */
  readonly gaveBack?: readonly number[];
  /** It waits for an object that another unit has to bring. */
  readonly isMissing?: boolean;
  /** The object is there with main's values, whatever else is told of it: nothing has to wait for it. */
  readonly isInPlace?: boolean;
}

/** What became of one unit. `held`: nothing was sent. */
export interface UnitOutcome {
  readonly unit: string;
  readonly state: 'done' | 'waiting' | 'failed' | 'held';
  /** Why it is not done, for people. */
  readonly reason: string;
  readonly results: readonly ActionResult[];
  readonly warnings: readonly string[];
  /** True when something was written. */
  readonly wrote: boolean;
  /** True where the same plan may succeed later without a person. */
  readonly retryable: boolean;
  /** Why the ApplySet parent could not be written; nothing else was sent then. */
  readonly failure?: ApiFailure;
  /** Held, and by nothing but its suspension. */
  readonly isSuspended?: boolean;
}

/** True where the cluster said that the namespace is not there, or is going. */
export const missedNamespace = ({ failure, results }: UnitOutcome): boolean =>
  [failure, ...results.map((result) => result.failure)].some(
    (found) => found?.type === 'namespace_missing' || found?.type === 'namespace_terminating',
  );

export function resultOf(
  { kind, name, fields }: PlannedAction,
  result: ResultVerb,
  more: Partial<
    Pick<
      ActionResult,
      | 'reason'
      | 'corrected'
      | 'correctedFrom'
      | 'conflicts'
      | 'failure'
      | 'clash'
      | 'gaveBack'
      | 'isMissing'
      | 'isInPlace'
    >
  > = {},
): ActionResult {
  return { result, kind, name, reason: '', fields, corrected: false, conflicts: [], ...more };
}

/** True where the object is main's but for fields that other managers hold. */
export const isHeldInPart = ({ result, conflicts, isInPlace = false }: ActionResult): boolean =>
  conflicts.length > 0 && (result !== 'conflict' || isInPlace);

/** A bot is not started, nor changed, under a policy that somebody else wrote: what that says of the network is held. */
const isUnsafe = ({ kind, conflicts }: ActionResult): boolean =>
  kind === 'NetworkPolicy' && conflicts.some(({ field }) => field.startsWith('spec'));

/** True for what was refused as a whole, and for a policy that is not main's. */
export const isRefused = (result: ActionResult): boolean =>
  result.result === 'failed' || (result.result === 'conflict' && !isHeldInPart(result)) || isUnsafe(result);

/** True for what keeps that which comes after it waiting. */
export const isUnfinished = (result: ActionResult): boolean =>
  isUnsafe(result) || (result.isInPlace !== true && UNFINISHED.has(result.result));

const UNFINISHED: ReadonlySet<ResultVerb> = new Set(['failed', 'conflict', 'skipped', 'waiting']);

/** The server warns about what a pod may not do when the Deployment is written, and is silent about it in between. */
export function warningsAfter(before: readonly string[], { results, warnings }: UnitOutcome): readonly string[] {
  const isWritten = results.some(
    ({ kind, result }) => kind === 'Deployment' && (result === 'created' || result === 'configured'),
  );
  return isWritten ? warnings : [...new Set([...before, ...warnings])];
}
