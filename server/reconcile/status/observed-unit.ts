import type { ClusterEvent } from '../live/cluster-event.ts';
import { toShownEvent } from '../live/cluster-event.ts';
import { appliedBy, externalTrouble } from './external-sync.ts';
import { healthOf } from './health.ts';
import { deploymentStatus, findCondition, replicasOf } from '../live/live-shapes.ts';
import { isFromTemplate } from '../live/pod-template.ts';
import { runtimeContainer, sortPods } from '../live/pods.ts';
import { appliedAt } from '../plan/ownership.ts';
import { hasWork, type PlannedAction, type UnitPlan } from '../plan/plan-types.ts';
import type { DesiredUnit } from '../desired/desired-state.ts';
import type { LiveUnit } from '../live/live-unit.ts';
import { isWithheld, leavingOf, lostMarks } from './leaving.ts';
import { portTrouble } from './port-trouble.ts';
import { instanceStatus } from './status.ts';
import { BEING_APPLIED } from './told.ts';
import type { UnitMemory } from './unit-memory.ts';
import type { ObservedObject, UnitSync, ObservedUnit } from './observed.ts';

export interface ObservedUnitInput {
  readonly desired: DesiredUnit;
  /** Null: there is no cluster that it could be compared with. */
  readonly plan: UnitPlan | null;
  readonly live: LiveUnit;
  readonly events: readonly ClusterEvent[];
  readonly memory: UnitMemory;
  /** Why nothing is applied at all (no cluster, not accepted), or null. */
  readonly blocked: string | null;
  /** ms since the epoch. */
  readonly now: number;
}

/** One unit as people see it. Pure. */
export function observeUnit(input: ObservedUnitInput): ObservedUnit {
  const { desired, live, events, memory, blocked, now } = input;
  const plan = input.plan ?? nothingPlanned(desired);
  const { sync, reason } =
    input.plan === null && desired.state !== 'held'
      ? { sync: 'published' as const, reason: blocked ?? '' }
      : syncOf({ ...input, plan });
  const deployment =
    desired.state === 'present' && input.plan !== null
      ? desired.objects.find(({ kind }) => kind === 'Deployment')
      : undefined;
  const container = runtimeContainer(deployment?.object);
  const triesAgain = sync === 'failed' && memory.outcome?.retryable === true;
  const wanted =
    desired.state === 'removed' ? 0 : (replicasOf(deployment?.object) ?? (deployment === undefined ? undefined : 1));
  const status = instanceStatus({
    wanted,
    isLeaving: desired.state === 'removed',
    live,
    events,
    now,
    behind: reason,
    ...(container !== undefined && { container }),
    refusal: sync === 'failed' && !triesAgain ? reason : null,
    waitsFor: triesAgain ? reason : blocked,
    isExternal: plan.external !== undefined,
  });
  const times = plan.external
    ? [plan.external.appliedAt].filter((at) => at !== null)
    : [...live.objects.values()].flatMap((object) => appliedAt(object) ?? []).sort();
  const failures = [...live.objects.values()].flatMap((object) =>
    object.kind === 'Deployment'
      ? (findCondition(deploymentStatus(object).conditions, 'ReplicaFailure', 'True')?.message ?? [])
      : [],
  );
  const ports = sync === 'failed' && status.repair === 'none' ? portTrouble(memory.outcome, desired.unit) : undefined;
  return {
    unit: desired.unit,
    wish: wanted === undefined ? null : wanted === 0 ? 'stopped' : 'running',
    ...status,
    ...ports,
    leaving: leavingOf({ desired, plan, live, blocked, outcome: memory.outcome, status, now }),
    held: desired.state === 'held' ? desired.reason : null,
    lostMarks: lostMarks(plan),
    isWithheld: isWithheld(desired, plan),
    commit: memory.commit,
    sync,
    reason,
    objects: objectsOf(plan, live),
    warnings: [...new Set([...memory.warnings, ...failures, ...changedOnTheWayIn(plan)])],
    appliedAt: memory.appliedAt ?? times.at(-1) ?? null,
    healthyAt: status.status === 'running' ? status.since : null,
    events: [...memory.events, ...events.map(toShownEvent)].sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, 50),
  };
}

const nothingPlanned = ({ unit, state }: DesiredUnit): UnitPlan => ({
  ...{ unit, state, reason: '', actions: [] },
  parent: { action: 'unchanged' },
});

/** The worst word that holds: failed, drifted, published, applied. */
function syncOf({ desired, plan, live, memory, blocked }: ObservedUnitInput & { readonly plan: UnitPlan }): {
  readonly sync: UnitSync;
  readonly reason: string;
} {
  if (desired.state === 'held') return { sync: 'failed', reason: desired.reason };
  if (plan.state === 'held') return { sync: 'failed', reason: plan.reason };
  if (plan.external !== undefined) {
    const trouble = externalTrouble(plan);
    if (trouble !== undefined) return trouble;
    if (runsOlderPod(live)) return OLDER_POD;
    return { sync: 'applied', reason: appliedBy(plan.external.managers) };
  }
  const { outcome } = memory;
  if (outcome?.state === 'held') return { sync: 'failed', reason: outcome.reason };
  const drifted = plan.actions.filter(isDrifted);
  const unsettled = plan.actions.filter(
    ({ action, desired: wanted }) => wanted !== undefined && (action === 'conflict' || action === 'skip'),
  );
  const failed = unsettled.filter((action) => !isDrifted(action));
  if (outcome?.state === 'failed' && hasWork(plan)) return { sync: 'failed', reason: outcome.reason };
  if (failed.length > 0) return { sync: 'failed', reason: describe(failed) };
  if (plan.parent.action === 'conflict') return { sync: 'failed', reason: plan.parent.reason };
  if (drifted.length > 0) {
    const fields = drifted.flatMap((action) => action.fields.map(({ field }) => field));
    const count = fields.length === 1 ? '1 field' : `${fields.length} fields`;
    const why = unsettled.filter(isDrifted);
    return { sync: 'drifted', reason: why.length > 0 ? describe(why) : `${count}: ${fields.join(', ')}` };
  }
  if (!hasWork(plan)) {
    if (runsOlderPod(live)) return OLDER_POD;
    return { sync: 'applied', reason: '' };
  }
  if (blocked !== null) return { sync: 'published', reason: blocked };
  return { sync: 'published', reason: outcome?.state === 'waiting' ? outcome.reason : BEING_APPLIED };
}

const OLDER_POD = { sync: 'published', reason: 'the cluster still runs the pod of the version before' } as const;

/** The objects are as main says, and what runs is not yet made from them. */
function runsOlderPod({ objects, pods }: LiveUnit): boolean {
  const deployment = [...objects.values()].find(({ kind }) => kind === 'Deployment');
  if (deployment === undefined || (replicasOf(deployment) ?? 1) === 0) return false;
  return sortPods(pods).live.some((pod) => !isFromTemplate(pod, deployment));
}

/** Somebody changed or is deleting what main had been applied to. */
const isDrifted = ({ drift, desired, live }: PlannedAction): boolean =>
  drift || (desired !== undefined && live?.metadata.deletionTimestamp !== undefined);

const describe = (actions: readonly PlannedAction[]): string =>
  actions.map(({ kind, name, reason }) => `${kind} ${name}: ${reason}`).join('; ');

function objectsOf(plan: UnitPlan, live: LiveUnit): readonly ObservedObject[] {
  const planned = plan.actions.map(({ kind, name, fields, reason, live: object = null }) => ({
    kind,
    name,
    live: object,
    drift: fields.map(({ field, main, live: value }) => ({ field, main, live: value })),
    health: healthOf(object, plan.external !== undefined),
    reason,
  }));
  if (plan.state !== 'held') return planned;
  return [...live.objects.values()].map((object) => ({
    kind: object.kind,
    name: object.metadata.name,
    live: object,
    drift: [],
    health: healthOf(object, plan.external !== undefined),
    reason: '',
  }));
}

/** Of objects that are in order otherwise; of others their reason says it. */
const changedOnTheWayIn = ({ actions }: UnitPlan): readonly string[] =>
  actions.flatMap(({ action, isChangedOnTheWay, kind, name, reason }) =>
    action === 'unchanged' && isChangedOnTheWay === true ? [`${kind} ${name}: ${reason}`] : [],
  );
