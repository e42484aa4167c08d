import type { KubeObject } from '../../constructs/kube-object.ts';
import type { DataFate, KeyScope } from '../../constructs/schema/index.ts';
import type { LiveObject } from '../cluster/live-object.ts';
import type { ManagedKind } from '../cluster/resources.ts';
import type { FieldDifference } from './diff.ts';

/** A sealed key that becomes a Secret's `data` in memory, at the moment of its apply. */
export interface SealedSource {
  readonly scope: KeyScope;
  readonly key: string;
  /** The file's text as it is in git. */
  readonly text: string;
}

export interface DesiredObject {
  readonly kind: ManagedKind;
  readonly name: string;
  /** Path in the instances repo. */
  readonly file: string;
  /** Stamped. For a sealed key `data` holds its entry's name with a place holder. */
  readonly object: KubeObject;
  readonly sealed?: SealedSource;
}

export type DesiredUnit =
  | { readonly unit: string; readonly state: 'present'; readonly objects: readonly DesiredObject[] }
  | { readonly unit: string; readonly state: 'removed'; readonly data: DataFate }
  /** Something about it is wrong on main: neither applied nor pruned. */
  | { readonly unit: string; readonly state: 'held'; readonly reason: string };

/** Whether deletions may be decided from this commit. */
export type PrunePermit = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };

/** What one commit wants. */
export interface DesiredState {
  readonly commit: string;
  /** Null: claworc.yaml is missing or broken, and nothing can be applied. */
  readonly namespace: string | null;
  readonly units: ReadonlyMap<string, DesiredUnit>;
  /** False when a part of the tree could not be read. */
  readonly complete: PrunePermit;
}

/** What the cluster has that could concern a unit. */
export interface LiveUnit {
  /** By `Kind/name`: objects with the name of a desired one, with the unit's mark or label, or retained from it. */
  readonly objects: ReadonlyMap<string, LiveObject>;
  readonly parent: LiveObject | undefined;
  readonly pods: readonly LiveObject[];
}

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
  readonly desired?: DesiredObject;
  readonly live?: LiveObject;
}

export interface UnitPlan {
  readonly unit: string;
  readonly state: DesiredUnit['state'];
  /** Why the whole unit is held; else empty. */
  readonly reason: string;
  /** In the order in which they are carried out. */
  readonly actions: readonly PlannedAction[];
  readonly parent: ParentPlan;
}

/** What happens to the ApplySet parent of a unit. */
export type ParentPlan =
  | { readonly action: 'unchanged' }
  | { readonly action: 'write'; readonly object: KubeObject }
  | { readonly action: 'prune'; readonly live: LiveObject }
  | { readonly action: 'conflict'; readonly reason: string };

export const keyOf = (kind: string, name: string): string => `${kind}/${name}`;

const CHANGING: ReadonlySet<PlannedVerb> = new Set(['create', 'configure', 'replace', 'retain', 'prune']);

/** True where carrying the action out sends a write. */
export const isChange = (action: PlannedAction): boolean => CHANGING.has(action.action);

/** True where carrying the plan out sends a write. */
export const hasWork = (plan: UnitPlan): boolean =>
  plan.actions.some(isChange) || plan.parent.action === 'write' || plan.parent.action === 'prune';
