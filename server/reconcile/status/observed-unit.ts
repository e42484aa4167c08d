import type { ClusterEvent } from '../live/cluster-event.ts';
import { suspensionWords } from '../../../constructs/schema/index.ts';
import { toShownEvent } from '../live/cluster-event.ts';
import { appliedBy, externalTrouble } from './external-sync.ts';
import { healthOf } from './health.ts';
import { deploymentStatus, findCondition, replicasOf } from '../live/live-shapes.ts';
import { isFromTemplate } from '../live/pod-template.ts';
import { sortPods } from '../live/pods.ts';
import { appliedAt } from '../plan/ownership.ts';
import { effectOfAction } from '../plan/effect/object-effect.ts';
import { podChange } from '../plan/effect/pod-change.ts';
import { heldIn, toldReason, whatToDoAbout } from '../plan/held-fields.ts';
import { hasWork, type PlannedAction, type UnitPlan } from '../plan/plan-types.ts';
import type { DesiredUnit } from '../desired/desired-state.ts';
import { heldBackIn, heldBackWords } from '../desired/held-back.ts';
import { suspensionIn } from '../desired/suspension-in.ts';
import type { LiveUnit } from '../live/live-unit.ts';
import { isWithheld, leavingOf, lostMarks } from './leaving.ts';
import { portTrouble } from './port-trouble.ts';
import { instanceStatus } from './status.ts';
import { BEING_APPLIED, CORRECT_ON_MAIN } from './told.ts';
import type { UnitMemory } from './unit-memory.ts';
import { wantedPod } from './wanted-pod.ts';
import type { Fight, ObservedObject, UnitSync, ObservedUnit } from './observed.ts';
import { driftOf } from './drift.ts';

export interface ObservedUnitInput {
  readonly desired: DesiredUnit;
  /** Null: there is no cluster that it could be compared with. */
  readonly plan: UnitPlan | null;
  readonly live: LiveUnit;
  readonly events: readonly ClusterEvent[];
  readonly memory: UnitMemory;
  /** @default none */
  readonly fights?: readonly Fight[];
  /** Why nothing is applied at all (no cluster, not accepted), or null. */
  readonly blocked: string | null;
  /** ms since the epoch. */
  readonly now: number;
}

/** One unit as people see it. Pure. */
export function observeUnit(input: ObservedUnitInput): ObservedUnit {
  const { desired, live, events, memory, blocked, now } = input;
  const plan = input.plan ?? nothingPlanned(desired);
  const { sync, reason, next } =
    input.plan === null && desired.state !== 'held'
      ? { sync: 'published' as const, reason: blocked ?? '', next: '' }
      : unlessHeldBack(desired, syncOf({ ...input, plan }));
  const pod = input.plan === null ? undefined : wantedPod(desired);
  const triesAgain = sync === 'failed' && memory.outcome?.retryable === true;
  const wanted = desired.state === 'removed' ? 0 : pod?.replicas;
  const status = instanceStatus({
    wanted,
    isLeaving: desired.state === 'removed',
    live,
    events,
    now,
    behind: reason,
    ...(pod?.container !== undefined && { container: pod.container }),
    refusal: sync === 'failed' && !triesAgain ? reason : null,
    waitsFor: triesAgain ? reason : (blocked ?? whySuspended(plan)),
    isExternal: plan.external !== undefined,
  });
  const times = plan.external
    ? [plan.external.appliedAt].filter((at) => at !== null)
    : [...live.objects.values()].flatMap((object) => appliedAt(object) ?? []).sort();
  const lastApplied = memory.appliedAt ?? times.at(-1) ?? null;
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
    suspension: plan.suspension ?? null,
    heldBack: heldBackIn(desired) ?? null,
    fights: input.fights ?? [],
    commit: memory.commit,
    sync,
    syncSince: sinceOf(memory, sync, lastApplied, now),
    reason,
    syncNext: ports?.next ?? next,
    objects: objectsOf(plan, live),
    warnings: [...new Set([...memory.warnings, ...failures, ...changedOnTheWayIn(plan)])],
    appliedAt: lastApplied,
    healthyAt: status.status === 'running' ? status.since : null,
    events: [...memory.events, ...events.map(toShownEvent)].sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, 50),
  };
}

function nothingPlanned(desired: DesiredUnit): UnitPlan {
  const { unit, state } = desired;
  const suspension = suspensionIn(desired);
  return { unit, state, reason: '', actions: [], parent: { action: 'unchanged' }, ...(suspension && { suspension }) };
}

const whySuspended = (plan: UnitPlan): string | null =>
  plan.suspension === undefined || !hasWork(plan) ? null : suspensionWords(plan.suspension);

/** What is found at the first look was so before, and only of what is applied does the cluster say since when. */
function sinceOf({ told }: UnitMemory, sync: UnitSync, lastApplied: string | null, now: number): string | null {
  if (told?.sync === sync) return told.syncSince;
  if (told === undefined) return sync === 'applied' ? lastApplied : null;
  return new Date(now).toISOString();
}

interface SyncSeen {
  readonly sync: UnitSync;
  readonly reason: string;
  readonly next: string;
}

/** What is as it is to be for now is not what main has. */
function unlessHeldBack(desired: DesiredUnit, seen: SyncSeen): SyncSeen {
  const heldBack = heldBackIn(desired);
  if (heldBack === undefined) return seen;
  const words = heldBackWords(heldBack);
  if (seen.sync !== 'applied') return { ...seen, reason: `${seen.reason}; ${words}` };
  return {
    sync: 'published',
    reason: words,
    next: 'Nothing to do; its turn comes when the rings before it are healthy.',
  };
}

const MEND = 'Mend what it names; it is applied then.';

/** The worst word that holds: failed, drifted, published, applied. */
function syncOf(input: ObservedUnitInput & { readonly plan: UnitPlan }): SyncSeen {
  const { desired, plan, live, memory, blocked } = input;
  const failed = (reason: string, next = MEND): SyncSeen => ({ sync: 'failed', reason, next });
  if (desired.state === 'held') return failed(desired.reason);
  if (plan.state === 'held') return failed(plan.reason);
  if (plan.external !== undefined) {
    const trouble = externalTrouble(plan);
    if (trouble !== undefined) return { ...trouble, next: OF_ANOTHER };
    if (runsOlderPod(live)) return OLDER_POD;
    return { sync: 'applied', reason: appliedBy(plan.external.managers), next: '' };
  }
  const { outcome } = memory;
  if (outcome?.state === 'held') return failed(outcome.reason);
  const drifted = plan.actions.filter(isDrifted);
  const unsettled = plan.actions.filter(
    ({ action, desired: wanted }) => wanted !== undefined && (action === 'conflict' || action === 'skip'),
  );
  const refused = unsettled.filter((action) => !isDrifted(action));
  if (outcome?.state === 'failed' && hasWork(plan)) {
    return failed(outcome.reason, outcome.retryable ? 'Nothing to do; it is tried again by itself.' : CORRECT_ON_MAIN);
  }
  if (refused.length > 0) return failed(describe(refused));
  if (plan.parent.action === 'conflict') return failed(plan.parent.reason);
  const waits = whySuspended(plan);
  if (drifted.length > 0) return tellDrift(drifted, unsettled.filter(isDrifted), waits);
  if (!hasWork(plan)) {
    return runsOlderPod(live) ? OLDER_POD : { sync: 'applied', reason: '', next: '' };
  }
  if (blocked !== null) return { sync: 'published', reason: blocked, next: '' };
  if (waits !== null) return { sync: 'published', reason: `${waits}: what main has is not applied`, next: RESUME };
  return outcome?.state === 'waiting'
    ? { sync: 'published', reason: outcome.reason, next: 'Nothing to do; it is applied when that is there.' }
    : { sync: 'published', reason: BEING_APPLIED, next: 'Nothing to do; it is being applied.' };
}

/** `kept`: what isn't put right, as it can't be or somebody else owns it. */
function tellDrift(drifted: readonly PlannedAction[], kept: readonly PlannedAction[], waits: string | null): SyncSeen {
  const held = kept.flatMap(heldIn);
  if (kept.length > 0) {
    const isAll = kept.every(({ isHeldByField }) => isHeldByField === true);
    const count = held.length === 1 ? '1 field is held' : `${held.length} fields are held`;
    const reason = isAll ? `${count}: ${describe(kept)}` : describe(kept);
    return { sync: 'drifted', reason, next: isAll ? whatToDoAbout(held) : MEND };
  }
  const fields = drifted.flatMap((action) => action.fields.map(({ field }) => field));
  const count = fields.length === 1 ? '1 field' : `${fields.length} fields`;
  const reason = `${count}: ${fields.join(', ')}`;
  if (waits !== null) return { sync: 'drifted', reason: `${reason}; ${waits}`, next: RESUME };
  const next = `Nothing to do; it is put right${consequence(drifted)}.`;
  return { sync: 'drifted', reason, next };
}

/** What putting drift right does to the bot beside. */
function consequence(drifted: readonly PlannedAction[]): string {
  const pods = drifted.map(podChange);
  if (pods.includes('restart')) return ', for which the bot restarts';
  if (pods.includes('stop')) return ', for which the bot stops';
  if (pods.includes('start')) return ', for which the bot starts';
  return drifted.some((action) => effectOfAction(action) === 'outage') ? ', for which the bot is gone meanwhile' : '';
}

const RESUME = 'Nothing is written before it is resumed.';

const OLDER_POD = {
  sync: 'published',
  reason: 'the cluster still runs the pod of the version before',
  next: '',
} as const;
const OF_ANOTHER = 'Claworc writes nothing here: it is for the program that applies this fleet.';

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
  actions.map((action) => `${action.kind} ${action.name}: ${toldReason(action)}`).join('; ');

function objectsOf(plan: UnitPlan, live: LiveUnit): readonly ObservedObject[] {
  const planned = plan.actions.map((action) => {
    const { kind, name, fields, live: object = null } = action;
    return {
      kind,
      name,
      live: object,
      drift: fields.map(driftOf),
      health: healthOf(object, plan.external !== undefined),
      reason: toldReason(action),
    };
  });
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
