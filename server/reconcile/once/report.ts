import { suspensionWords, type Applier, type Suspension } from '../../../constructs/schema/index.ts';
import { isHeldInPart, type UnitOutcome } from '../apply/outcome.ts';
import type { RepoOutcome } from './apply-repo.ts';
import type { RepoPlan } from './plan-repo.ts';
import { effectOfAction, type ObjectEffect } from '../plan/effect/object-effect.ts';
import { effectOfPlans, wordsOfPlan, type PlanEffect } from '../plan/effect/plan-effect.ts';
import { holdersOf } from '../plan/held-fields.ts';
import { pendingRemovals, type PendingRemovals } from '../plan/removals/pending.ts';
import type { ShownRollout } from '../plan/rollout/shown-rollout.ts';
import { couldTakeBack } from '../plan/lineage.ts';
import { hasWork, type PlannedVerb, type UnitPlan } from '../plan/plan-types.ts';
import { whyNothing } from './why-nothing.ts';

/** A plan for programs: what `claworc plan --json` prints. No live object, no value of a Secret. */
export interface PlanData {
  readonly commit: string;
  /** Null where it isn't known where main is. */
  readonly main: MainData | null;
  readonly context: string;
  readonly server: string;
  readonly namespace: string | null;
  /** `external`: another program applies; what differs is told, and an apply is refused. */
  readonly applier: Applier;
  /** True when an apply would write, or when something waits that an apply would not change. */
  readonly differences: boolean;
  readonly counts: Readonly<Record<PlannedVerb, number>>;
  /** Units of which nothing would be sent. */
  readonly held: readonly string[];
  /** Units of which nothing is sent before they are resumed; what is told of them would be done then. */
  readonly suspended: readonly string[];
  /** Removals above the budget, or of kept data, and what approves them; null where none waits. */
  readonly removals: PendingRemovals | null;
  /** A change of the fleet that goes from ring to ring, as it stands; null where none does. */
  readonly rollout: ShownRollout | null;
  /** What keeps the whole commit from being done, for people. */
  readonly notes: readonly string[];
  /** True when an apply is refused unless a person says that an older commit may be applied. */
  readonly needsAllowOlder: boolean;
  readonly units: readonly UnitPlanData[];
  /** What it does to the bots, in words, and what they ask of the cluster together before and after. */
  readonly effect: PlanEffect;
}

export interface MainData {
  readonly name: string;
  readonly commit: string;
  /** True when the commit of this report is main. */
  readonly isThis: boolean;
}

export interface UnitPlanData {
  readonly unit: string;
  readonly state: 'present' | 'removed' | 'held';
  readonly reason: string;
  /** What happens to the bot: `restarts`; empty where nothing is written. */
  readonly words: string;
  /** Null where the unit is applied. */
  readonly suspension: Suspension | null;
  readonly objects: readonly {
    readonly action: PlannedVerb;
    /** What the action does to the bot. */
    readonly effect: ObjectEffect;
    readonly kind: string;
    readonly name: string;
    readonly reason: string;
    readonly drift: boolean;
    readonly fields: readonly {
      readonly field: string;
      readonly main: string | null;
      readonly live: string | null;
      /** Managers for whom it stays as it lives, while the rest of the object is applied. */
      readonly heldBy: readonly string[];
    }[];
  }[];
}

export function planData(plan: RepoPlan): PlanData {
  const { commit, context, server, namespace, units } = plan;
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
  const held = units.filter(isHeld).map(({ unit }) => unit);
  const suspended = units.filter(({ suspension }) => suspension !== undefined).map(({ unit }) => unit);
  const notes = notesOf(plan);
  const differences = units.some((unit) => hasWork(unit) || isStuck(unit)) || notes.length > 0;
  const applier = plan.isExternal ? 'external' : 'claworc';
  const target = { commit, main: mainData(plan), context, server, namespace, applier } as const;
  return {
    ...target,
    differences,
    counts,
    held,
    suspended,
    notes,
    removals: pendingOf(plan),
    rollout: plan.rollout?.shown ?? null,
    needsAllowOlder: couldTakeBack(plan.lineage),
    units: units.map((unit) => unitData(unit, plan.isExternal)),
    effect: effectOfPlans(plan.isExternal ? [] : units.filter(isApplied)),
  };
}

/** What holds for the whole commit and keeps it from being done, whatever the units say. */
export function notesOf(plan: RepoPlan): readonly string[] {
  const { namespace, desired, lineage, hold, notRead } = plan;
  const approval = pendingOf(plan)?.sentence ?? null;
  return [
    ...(namespace === null ? [whyNothing(desired)] : []),
    ...(desired.suspension === undefined ? [] : [`${suspensionWords(desired.suspension)}: nothing is applied`]),
    ...(hold === null ? [] : [hold.words]),
    ...(desired.complete.allowed ? [] : [`nothing is removed: ${desired.complete.reason}`]),
    ...('reason' in lineage ? [lineage.reason] : []),
    ...(approval === null ? [] : [approval]),
    ...(plan.rollout?.shown ? [plan.rollout.shown.sentence] : []),
    ...notReadNote(notRead),
  ];
}

function pendingOf({ removals }: RepoPlan): PendingRemovals | null {
  const verdict = removals?.verdict() ?? null;
  return verdict === null ? null : pendingRemovals(verdict);
}

/** Entries that are named in a note; the rest is counted. */
const NAMED = 3;

function notReadNote(notRead: RepoPlan['notRead']): readonly string[] {
  if (notRead.length === 0) return [];
  const named = notRead.slice(0, NAMED).map(({ path, reason }) => `${path} (${reason})`);
  const rest = notRead.length > NAMED ? [`and ${notRead.length - NAMED} more`] : [];
  return [`not read of the commit: ${[...named, ...rest].join(', ')}`];
}

/** A commit that the cluster has left behind is not main, whatever this checkout calls main. */
function mainData({ commit, main, lineage }: RepoPlan): MainData | null {
  return main === null ? null : { ...main, isThis: main.commit === commit && lineage.order !== 'before' };
}

/** Live differs from main and no apply of this plan would change that. */
const isStuck = (plan: UnitPlan): boolean =>
  isHeld(plan) ||
  plan.actions.some(
    ({ action, isHeldByField }) => action === 'conflict' || action === 'skip' || isHeldByField === true,
  );

/** What is suspended is told by itself, and adds to no sum: nothing of it is done now. */
const isApplied = ({ suspension }: UnitPlan): boolean => suspension === undefined;

/** Nothing of it would be sent. */
const isHeld = ({ state, parent }: UnitPlan): boolean => state === 'held' || parent.action === 'conflict';

function unitData(plan: UnitPlan, isExternal: boolean): UnitPlanData {
  const { unit, state, reason, actions, parent, suspension } = plan;
  return {
    unit,
    state,
    reason: parent.action === 'conflict' ? parent.reason : reason,
    words: isExternal ? '' : wordsOfPlan(plan),
    suspension: suspension ?? null,
    objects: actions.map((action) => ({
      action: action.action,
      effect: isExternal ? 'none' : effectOfAction(action),
      kind: action.kind,
      name: action.name,
      reason: action.reason,
      drift: action.drift,
      fields: action.fields.map((each) => {
        const { field, main, live } = each;
        return { field, main, live, heldBy: action.isHeldByField === true ? holdersOf(each) : [] };
      }),
    })),
  };
}

/** What became of an apply, for programs: what `claworc apply --json` prints. */
export interface OutcomeData {
  readonly commit: string;
  readonly main: MainData | null;
  readonly namespace: string | null;
  readonly namespaceCreated: boolean;
  /** `waits`: nothing failed, and not all is done. */
  readonly result: 'done' | 'failed' | 'waits';
  /** True for `done` alone. */
  readonly ok: boolean;
  /** Why nothing at all was sent, else null. */
  readonly refused: string | null;
  /** Names of the units in each state; one with withheld removals, or that a rollout has not come to, is not among the done. */
  readonly states: Readonly<
    Record<'done' | 'failed' | 'held' | 'suspended' | 'waiting' | 'withheld' | 'held_back', readonly string[]>
  >;
  readonly notes: readonly string[];
  /** What the plan that was carried out does to the bots. */
  readonly effect: PlanEffect;
  readonly removals: PendingRemovals | null;
  /** As it stood before this pass. */
  readonly rollout: ShownRollout | null;
  readonly units: readonly UnitOutcome[];
}

export function outcomeData({ plan, refused, units, namespaceCreated }: RepoOutcome): OutcomeData {
  const held = plan.rollout?.rollout.held;
  const standingOf = (unit: UnitOutcome): keyof OutcomeData['states'] => {
    const own = standing(unit);
    return own === 'done' && held?.has(unit.unit) === true ? 'held_back' : own;
  };
  const named = (wanted: keyof OutcomeData['states']): readonly string[] =>
    units.filter((unit) => standingOf(unit) === wanted).map(({ unit }) => unit);
  const states = {
    done: named('done'),
    failed: named('failed'),
    held: named('held'),
    suspended: named('suspended'),
    waiting: named('waiting'),
    withheld: named('withheld'),
    held_back: named('held_back'),
  };
  const notes = notesOf(plan);
  const isDone = states.done.length === units.length && notes.length === 0;
  const result = refused !== null || states.failed.length > 0 ? 'failed' : isDone ? 'done' : 'waits';
  const { commit, namespace } = plan;
  const target = { commit, main: mainData(plan), namespace, namespaceCreated };
  return {
    ...target,
    result,
    ok: result === 'done',
    refused,
    states,
    notes,
    removals: pendingOf(plan),
    rollout: plan.rollout?.shown ?? null,
    effect: effectOfPlans(plan.units.filter(isApplied)),
    units,
  };
}

/** A unit that left something undone is not done: a removal that was withheld, a field that somebody holds, an object that is still going. */
function standing({ state, results, isSuspended }: UnitOutcome): keyof OutcomeData['states'] {
  if (isSuspended === true) return 'suspended';
  if (state !== 'done') return state;
  if (results.some((result) => result.result === 'skipped' || isHeldInPart(result))) return 'withheld';
  return results.some(({ result }) => result === 'waiting') ? 'waiting' : 'done';
}

/** 0: nothing to do, 3: differences, or something waits. */
export const planExitCode = (data: PlanData): 0 | 3 => (data.differences ? 3 : 0);

const OUTCOME_CODES = { done: 0, failed: 1, waits: 3 } as const;

/** 0: every unit is as the commit says, 1: something failed, 3: something waits. */
export const outcomeExitCode = (data: OutcomeData): 0 | 1 | 3 => OUTCOME_CODES[data.result];
