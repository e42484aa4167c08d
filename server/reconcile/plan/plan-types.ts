import type { Suspension } from '../../../constructs/schema/index.ts';
import type { KubeObject } from '../../../constructs/kube-object.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import type { ManagedKind } from '../../cluster/resources.ts';
import type { DesiredObject, DesiredUnit } from '../desired/desired-state.ts';
import type { FieldDifference } from './diff.ts';

export type PlannedVerb = 'create' | 'configure' | 'unchanged' | 'replace' | 'retain' | 'prune' | 'skip' | 'conflict';

export interface PlannedAction {
  readonly action: PlannedVerb;
  readonly kind: ManagedKind;
  readonly name: string;
  /** Why, for people; empty for `create`, `configure` and `unchanged` that speak for themselves. */
  readonly reason: string;
  /** What a `configure`, `replace` or `conflict` is about. Values of Secrets are never in it. */
  readonly fields: readonly FieldDifference[];
  /** True when main was applied before and somebody changed the object since. */
  readonly drift: boolean;
  /**
   * True where each field that another manager holds stays with it, and the rest of the object is applied. Of a `conflict`:
   * nothing else is left to apply. Else a `conflict` is about the whole object.
   */
  readonly isHeldByField?: boolean;
  /** True when the cluster changed what we sent; the reason says what. */
  readonly isChangedOnTheWay?: boolean;
  readonly desired?: DesiredObject;
  readonly live?: LiveObject;
  /** Where another program applies, of what is not as main says: not applied yet, or changed by somebody since. */
  readonly standing?: 'behind' | 'changed';
  /** Of what stays although main doesn't have it: what keeps it. `lost_marks` also of what main has. */
  readonly keptBy?: KeptBy;
}

/**
 * What keeps a live object that main doesn't want: its own deletion under way, removals withheld for the whole fleet, an
 * approval that is not given, a turn that has not come,
 * marks that it lost although we applied it, somebody else's hand on it, another guard, a rollout that has not come to the bot, or that removing is the work of
 * another program.
 */
export type KeptBy =
  'deletion' | 'source' | 'budget' | 'turn' | 'lost_marks' | 'stranger' | 'guard' | 'external' | 'rollout';

export interface UnitPlan {
  readonly unit: string;
  readonly state: DesiredUnit['state'];
  /** Why the whole unit is held; else empty. */
  readonly reason: string;
  /** In the order in which they are carried out. */
  readonly actions: readonly PlannedAction[];
  readonly parent: ParentPlan;
  /** The plan only tells: nothing of it is carried out before the unit is resumed. */
  readonly suspension?: Suspension;
  /** Set where another program applies: nothing of the plan is ever carried out, it only tells. */
  readonly external?: ExternalAppliers;
}

export interface ExternalAppliers {
  /** Field managers that applied the unit's objects as they live, sorted. */
  readonly managers: readonly string[];
  /** When the last of them did, UTC ISO 8601; null where nobody says. */
  readonly appliedAt: string | null;
}

/** What happens to the ApplySet parent of a unit. */
export type ParentPlan =
  | { readonly action: 'unchanged' }
  | { readonly action: 'write'; readonly object: KubeObject }
  | { readonly action: 'prune'; readonly live: LiveObject }
  | { readonly action: 'conflict'; readonly reason: string };

const CHANGING: ReadonlySet<PlannedVerb> = new Set(['create', 'configure', 'replace', 'retain', 'prune']);

/** True where carrying the action out sends a write. */
export const isChange = (action: PlannedAction): boolean => CHANGING.has(action.action);

/** True where something of the unit is to be written, now or when it is resumed. */
export const hasWork = (plan: UnitPlan): boolean =>
  plan.actions.some(isChange) || plan.parent.action === 'write' || plan.parent.action === 'prune';

/** True where carrying the plan out now sends a write. */
export const isDue = (plan: UnitPlan): boolean => hasWork(plan) && plan.suspension === undefined;
