import { suspensionWords } from '../../../constructs/schema/index.ts';
import type { UnitOutcome } from '../apply/outcome.ts';
import type { DesiredUnit } from '../desired/desired-state.ts';
import { isEnding } from '../live/live-shapes.ts';
import type { LiveUnit } from '../live/live-unit.ts';
import { sortPods } from '../live/pods.ts';
import { isRetainedFrom } from '../plan/guards/index.ts';
import { isStillThere } from '../plan/leftovers.ts';
import type { KeptBy, PlannedAction, UnitPlan } from '../plan/plan-types.ts';
import { isOverdue } from './ending.ts';
import type { LeavingState, BotStatus } from './observed.ts';

export interface LeavingInput {
  readonly desired: DesiredUnit;
  readonly plan: UnitPlan;
  readonly live: LiveUnit;
  /** Why nothing is written at all, or null. */
  readonly blocked: string | null;
  /** What the last try came to. */
  readonly outcome: Pick<UnitOutcome, 'state' | 'reason'> | undefined;
  readonly status: Pick<BotStatus, 'status' | 'seen' | 'next'>;
  /** ms since the epoch. */
  readonly now: number;
}

/** What keeps a unit, the most lasting first: what a person has to do, then what ends by itself. */
const GRAVEST: readonly KeptBy[] = ['source', 'budget', 'turn', 'lost_marks', 'guard', 'external', 'deletion'];

/** What a unit that main no longer has waits for; null once the cluster has let go, or while main has it. */
export function leavingOf(input: LeavingInput): LeavingState | null {
  const { desired, plan, live } = input;
  if (desired.state !== 'removed') return null;
  if (plan.state === 'held') return heldLeaving(desired.data, plan.reason, desired.unit, live);
  const there = plan.actions.filter(isStillThere);
  if (there.length === 0 && live.pods.length === 0 && plan.parent.action !== 'prune') return null;
  return {
    data: desired.data,
    ...obstacleOf(there, input),
    objects: [
      ...there.map(({ kind, name }) => `${kind} ${name}`),
      ...live.pods.map(({ metadata }) => `Pod ${metadata.name}`),
    ],
  };
}

/** Nothing was planned: whatever lives of it but what was kept from it stays for now. */
function heldLeaving(data: LeavingState['data'], reason: string, unit: string, live: LiveUnit): LeavingState | null {
  const there = [...live.objects.values(), ...live.pods].filter((object) => !isRetainedFrom(object, unit));
  if (there.length === 0 && live.parent === undefined) return null;
  return {
    data,
    waitsFor: reason,
    isStuck: true,
    objects: there.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
  };
}

function obstacleOf(
  there: readonly PlannedAction[],
  { plan, live, blocked, outcome, status, now }: LeavingInput,
): Pick<LeavingState, 'waitsFor' | 'isStuck'> {
  if (blocked !== null) return { waitsFor: blocked, isStuck: true };
  if (plan.suspension !== undefined) return { waitsFor: suspensionWords(plan.suspension), isStuck: true };
  const lasting = GRAVEST.map((cause) => there.filter(({ keptBy }) => keptBy === cause)).find(
    ({ length }) => length > 0,
  );
  const [first] = lasting ?? [];
  if (first?.keptBy === 'source' || first?.keptBy === 'budget') return { waitsFor: first.reason, isStuck: true };
  if (first?.keptBy === 'turn') return { waitsFor: first.reason, isStuck: false };
  const pods = sortPods(live.pods);
  // A pod past its grace period says more than the objects that wait for it. What ails a pod at work keeps nothing here.
  if (status.status === 'error' && pods.live.length === 0) {
    return { waitsFor: `${status.seen}. ${status.next}`, isStuck: true };
  }
  if (first?.keptBy === 'external') return externalObstacle(lasting ?? []);
  if (first !== undefined) {
    const isLate = lasting?.some((action) => action.live !== undefined && isOverdue(action.live, now)) === true;
    return {
      waitsFor: `${first.kind} ${first.name}: ${first.reason}`,
      isStuck: first.keptBy !== 'deletion' || (isLate && live.pods.length === 0),
    };
  }
  const isFailed = outcome?.state === 'failed';
  const [pod] = [...pods.live, ...pods.ending];
  if (pod !== undefined && !isFailed) {
    const isLeftOver = !isEnding(pod) && there.every(({ kind }) => kind !== 'Deployment');
    return { waitsFor: `waits until pod ${pod.metadata.name} has ended`, isStuck: isLeftOver };
  }
  const { reason = '' } = outcome ?? {};
  return { waitsFor: reason === '' ? 'its objects are being removed' : reason, isStuck: isFailed };
}

/** Volumes that main lets go of: nobody but a person may end them, as they are marked to outlive a pruning. */
function externalObstacle(actions: readonly PlannedAction[]): Pick<LeavingState, 'waitsFor' | 'isStuck'> {
  const claims = actions.filter(({ kind }) => kind === 'PersistentVolumeClaim').map(({ name }) => name);
  if (claims.length < actions.length) return { waitsFor: actions[0]?.reason ?? '', isStuck: false };
  const namespace = actions[0]?.live?.metadata.namespace ?? 'NAMESPACE';
  const command = `kubectl -n ${namespace} delete persistentvolumeclaim ${claims.join(' ')}`;
  const waitsFor = `its volumes are left: its tombstone says that they go, and appliers are told to keep volumes. \`${command}\` deletes them with their data`;
  return { waitsFor, isStuck: true };
}

/** `Kind/name: what it lost and what to do`, of every object of a unit that lost its marks. */
export const lostMarks = ({ actions }: UnitPlan): readonly string[] =>
  actions.flatMap(({ keptBy, kind, name, reason }) => (keptBy === 'lost_marks' ? [`${kind} ${name}: ${reason}`] : []));

/** True where something of the unit would go, if removals were not withheld for the whole fleet or above the budget. */
export const isWithheld = (desired: DesiredUnit, { state, actions }: UnitPlan): boolean =>
  actions.some(({ keptBy }) => keptBy === 'source' || keptBy === 'budget') ||
  (desired.state === 'removed' && state === 'held');
