import type { UnitOutcome } from '../apply/outcome.ts';
import type { RepoOutcome } from './apply-repo.ts';
import type { RepoPlan } from './plan-repo.ts';
import { hasWork, type PlannedVerb, type UnitPlan } from '../plan/plan-types.ts';

/** A plan for programs: what `claworc plan --json` prints. No live object, no value of a Secret. */
export interface PlanData {
  readonly commit: string;
  readonly context: string;
  readonly server: string;
  readonly namespace: string | null;
  /** True when an apply would write. */
  readonly differences: boolean;
  readonly counts: Readonly<Record<PlannedVerb, number>>;
  readonly units: readonly UnitPlanData[];
}

export interface UnitPlanData {
  readonly unit: string;
  readonly state: 'present' | 'removed' | 'held';
  readonly reason: string;
  readonly objects: readonly {
    readonly action: PlannedVerb;
    readonly kind: string;
    readonly name: string;
    readonly reason: string;
    readonly drift: boolean;
    readonly fields: readonly { readonly field: string; readonly main: string | null; readonly live: string | null }[];
  }[];
}

export function planData({ commit, context, server, namespace, units }: RepoPlan): PlanData {
  const counts: Record<PlannedVerb, number> = {
    create: 0,
    configure: 0,
    unchanged: 0,
    replace: 0,
    retain: 0,
    prune: 0,
    skip: 0,
    conflict: 0,
  };
  for (const { actions } of units) for (const { action } of actions) counts[action]++;
  const differences = units.some((unit) => hasWork(unit) || isStuck(unit));
  return { commit, context, server, namespace, differences, counts, units: units.map(unitData) };
}

/** Live differs from main and no apply of this plan would change that. */
const isStuck = ({ state, actions }: UnitPlan): boolean =>
  state === 'held' || actions.some(({ action }) => action === 'conflict' || action === 'skip');

function unitData({ unit, state, reason, actions, parent }: UnitPlan): UnitPlanData {
  return {
    unit,
    state,
    reason: parent.action === 'conflict' ? parent.reason : reason,
    objects: actions.map((action) => ({
      action: action.action,
      kind: action.kind,
      name: action.name,
      reason: action.reason,
      drift: action.drift,
      fields: action.fields.map(({ field, main, live }) => ({ field, main, live })),
    })),
  };
}

/** What became of an apply, for programs. */
export interface OutcomeData {
  readonly commit: string;
  readonly namespace: string | null;
  readonly namespaceCreated: boolean;
  readonly ok: boolean;
  readonly units: readonly UnitOutcome[];
}

export function outcomeData({ plan, units, namespaceCreated }: RepoOutcome): OutcomeData {
  const ok = units.every(({ state }) => state === 'done');
  return { commit: plan.commit, namespace: plan.namespace, namespaceCreated, ok, units };
}

/** 0: nothing to do, 3: differences. */
export const planExitCode = (data: PlanData): 0 | 3 => (data.differences ? 3 : 0);

/** 0: every unit is as main says, 1: at least one is not. */
export const outcomeExitCode = (data: OutcomeData): 0 | 1 => (data.ok ? 0 : 1);
