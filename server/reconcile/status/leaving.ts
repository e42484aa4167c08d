import type { DesiredUnit } from '../desired/desired-state.ts';
import type { LiveUnit } from '../live/live-unit.ts';
import { isStillThere } from '../plan/leftovers.ts';
import type { KeptBy, PlannedAction, UnitPlan } from '../plan/plan-types.ts';
import type { LeavingState, BotStatus } from './observed.ts';

export interface LeavingInput {
  readonly desired: DesiredUnit;
  readonly plan: UnitPlan;
  readonly live: LiveUnit;
  /** Why nothing is written at all, or null. */
  readonly blocked: string | null;
  /** What the last try came to; empty for nothing to tell. */
  readonly outcome: string;
  readonly status: Pick<BotStatus, 'status' | 'seen' | 'next'>;
}

/** What keeps a unit, the most lasting first: what a person has to do, then what ends by itself. */
const GRAVEST: readonly KeptBy[] = ['source', 'lost_marks', 'guard', 'deletion'];

/** What a unit that main no longer has waits for; null once the cluster has let go, or while main has it. */
export function leavingOf(input: LeavingInput): LeavingState | null {
  const { desired, plan, live } = input;
  if (desired.state !== 'removed') return null;
  const there = plan.actions.filter(isStillThere);
  if (there.length === 0 && live.pods.length === 0 && plan.parent.action !== 'prune') return null;
  return {
    data: desired.data,
    waitsFor: waitsFor(there, input),
    objects: [
      ...there.map(({ kind, name }) => `${kind} ${name}`),
      ...live.pods.map(({ metadata }) => `Pod ${metadata.name}`),
    ],
  };
}

function waitsFor(there: readonly PlannedAction[], { live, blocked, outcome, status }: LeavingInput): string {
  if (blocked !== null) return blocked;
  const lasting = GRAVEST.map((cause) => there.filter(({ keptBy }) => keptBy === cause)).find(
    ({ length }) => length > 0,
  );
  const [first] = lasting ?? [];
  if (first?.keptBy === 'source') return first.reason;
  // A pod past its grace period says more than the objects that wait for it.
  if (status.status === 'error') return `${status.seen}. ${status.next}`;
  if (first !== undefined) return `${first.kind} ${first.name}: ${first.reason}`;
  const [pod] = live.pods;
  if (pod !== undefined) return `waits until pod ${pod.metadata.name} has ended`;
  return outcome === '' ? 'its objects are being removed' : outcome;
}

/** `Kind/name: what it lost and what to do`, of every object of a unit that lost its marks. */
export const lostMarks = ({ actions }: UnitPlan): readonly string[] =>
  actions.flatMap(({ keptBy, kind, name, reason }) => (keptBy === 'lost_marks' ? [`${kind} ${name}: ${reason}`] : []));

/** True where something of the unit would go, if removals were not withheld for the whole fleet. */
export const isWithheld = ({ actions }: UnitPlan): boolean => actions.some(({ keptBy }) => keptBy === 'source');
