import type { ShownRollout } from '../plan/rollout/shown-rollout.ts';
import { SECONDS, type Metrics } from '../../lib/metrics/metrics.ts';
import type { LiveUnit } from '../live/live-unit.ts';
import type { UnitOutcome } from '../apply/outcome.ts';
import { conflictsIn, heldIn } from '../plan/held-fields.ts';
import type { KeptBy } from '../plan/plan-types.ts';
import type { UnitMemory } from '../status/unit-memory.ts';

export interface WorkedAbout {
  readonly seconds: number;
  /** The commit that brought what the unit was to become. */
  readonly commit: string | null;
  /** As it lived before. */
  readonly was: LiveUnit;
}

/** Told of what a loop does, when it is done. Must not throw. */
export interface LoopListener {
  /** A unit was written, or tried to be. */
  worked(outcome: UnitOutcome, about: WorkedAbout): void;
  /** A unit is held by something that is wrong on main, told once for each reason. */
  held?(unit: string, reason: string): void;
  /** A rollout began, went on to its next ring, was paused or stopped. */
  rolledOut?(shown: ShownRollout): void;
  /** The cluster came to a commit; `seconds` since the loop read it. */
  converged(commit: string, seconds: number): void;
}

export interface LoopFigures {
  readonly queue: { readonly waiting: number; readonly working: number; readonly later: number };
  /** Objects that stay although main doesn't have them, by what keeps them. */
  readonly kept: ReadonlyMap<KeptBy, number>;
  /** Objects with fields that main sets and that another field manager owns, by that manager. */
  readonly conflicts: ReadonlyMap<string, number>;
  /** Seconds since each kind was heard of. */
  readonly heardOf: ReadonlyMap<string, number>;
  /** The last commit that the cluster came to; null before one. */
  readonly converged: string | null;
}

const UNKNOWN = 'unknown';
/** Names of others: of no more of them, and no more of each, is told. */
const MOST_MANAGERS = 50;
const LONGEST_MANAGER = 100;

/** What a loop does, counted as it does it. */
export function createLoopMetrics(metrics: Metrics): LoopListener {
  const reconciles = metrics.counter('claworc_reconciles_total', 'Units that were written, by what came of it.');
  const durations = metrics.histogram(
    'claworc_reconcile_duration_seconds',
    'How long writing one unit took, by what came of it.',
    SECONDS,
  );
  const objects = metrics.counter('claworc_objects_total', 'What became of planned objects, by kind and result.');
  const corrected = metrics.counter(
    'claworc_drift_corrected_total',
    'Objects that were put right, by the field manager that had changed them.',
  );
  const applied = metrics.histogram(
    'claworc_commit_applied_seconds',
    'From reading a commit of main until the cluster was as it says.',
    [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800],
  );
  return {
    worked({ state, results }, { seconds }) {
      reconciles.add({ result: state });
      durations.observe(seconds, { result: state });
      for (const { kind, result, corrected: isCorrected, correctedFrom = [] } of results) {
        if (result !== 'unchanged') objects.add({ kind, result });
        if (isCorrected) for (const manager of named(correctedFrom)) corrected.add({ manager });
      }
    },
    converged: (_commit, seconds) => applied.observe(seconds),
  };
}

/** What is asked of a loop when somebody reads. */
export function addLoopFigures(metrics: Metrics, figures: () => LoopFigures): void {
  metrics.read(
    { name: 'claworc_queue_depth', help: 'Units in the queue, by where they are in it.', type: 'gauge' },
    () => Object.entries(figures().queue).map(([state, value]) => ({ labels: { state }, value })),
  );
  metrics.read(
    {
      name: 'claworc_objects_kept',
      help: 'Objects that main does not have and that are not removed, by what keeps them.',
      type: 'gauge',
    },
    () => [...figures().kept].map(([guard, value]) => ({ labels: { guard }, value })),
  );
  metrics.read(
    {
      name: 'claworc_conflicts',
      help: 'Objects with fields that main sets and that another field manager owns, by that manager.',
      type: 'gauge',
    },
    () =>
      [...figures().conflicts]
        .slice(0, MOST_MANAGERS)
        .map(([manager, value]) => ({ labels: { manager: manager.slice(0, LONGEST_MANAGER) }, value })),
  );
  metrics.read(
    {
      name: 'claworc_watch_age_seconds',
      help: 'Since a kind was last heard of: a list, an event or a bookmark of its watch.',
      type: 'gauge',
    },
    () => [...figures().heardOf].map(([kind, value]) => ({ labels: { kind }, value })),
  );
  metrics.read(
    {
      name: 'claworc_converged_commit_info',
      help: 'The last commit that the cluster came to, as a label.',
      type: 'gauge',
    },
    () => {
      const { converged } = figures();
      return converged === null ? null : [{ labels: { commit: converged }, value: 1 }];
    },
  );
}

/** What of plans and of what came of them is kept, or in conflict. */
export function countTroubles(
  memories: Iterable<Pick<UnitMemory, 'planned' | 'outcome'>>,
): Pick<LoopFigures, 'kept' | 'conflicts'> {
  const kept = new Map<KeptBy, number>();
  const conflicts = new Map<string, number>();
  const add = <Key>(counts: Map<Key, number>, key: Key): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const { planned, outcome } of memories) {
    const pairs = new Set<string>();
    const note = (object: string, manager: string): void => {
      const pair = `${object} ${manager}`;
      if (!pairs.has(pair)) add(conflicts, manager);
      pairs.add(pair);
    };
    for (const action of planned?.plan.actions ?? []) {
      const { kind, name, keptBy, fields } = action;
      if (keptBy !== undefined) add(kept, keptBy);
      const contested = action.action === 'conflict' ? fields : heldIn(action);
      for (const { manager } of conflictsIn(contested)) note(`${kind} ${name}`, manager);
    }
    for (const { kind, name, conflicts: met } of outcome?.results ?? []) {
      for (const { manager } of met) note(`${kind} ${name}`, manager);
    }
  }
  return { kept, conflicts };
}

/** Moments of this process's clock as seconds that have passed. */
export function ages(moments: ReadonlyMap<string, number> = new Map()): ReadonlyMap<string, number> {
  const now = performance.now();
  return new Map([...moments].map(([kind, at]) => [kind, (now - at) / 1_000]));
}

const named = (managers: readonly string[]): readonly string[] => (managers.length === 0 ? [UNKNOWN] : managers);
