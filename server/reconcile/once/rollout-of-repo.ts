import type { Repo } from '../../../constructs/repo/index.ts';
import { withEntries } from '../../../constructs/repo/layered-map.ts';
import type { ClusterApi } from '../../cluster/api.ts';
import { clusterError } from '../../cluster/errors.ts';
import { isNews, writeRollout } from '../apply/write-rollout.ts';
import { createCommitReader } from '../desired/commit-reader.ts';
import type { DesiredSource } from '../desired/desired-source.ts';
import type { DesiredState, DesiredUnit } from '../desired/desired-state.ts';
import type { LiveIndex } from '../live/live-index.ts';
import { fleetParent, lastCommit } from '../plan/lineage.ts';
import { isDue, type UnitPlan } from '../plan/plan-types.ts';
import { findRollout, type Rollout } from '../plan/rollout/find-rollout.ts';
import type { RolloutState } from '../plan/rollout/rollout-state.ts';
import { showRollout, type ShownRollout } from '../plan/rollout/shown-rollout.ts';
import { stepRollout, type RolloutStep } from '../plan/rollout/step-rollout.ts';
import { botHealth } from '../status/bot-health.ts';
import { observeUnit } from '../status/observed-unit.ts';
import { newMemory } from '../status/unit-memory.ts';

/** Where commits that bots still run are read; server/git's repository fits. */
export type EarlierCommits = Pick<DesiredSource, 'readFiles' | 'signatures' | 'orderOf'>;

/** A change on its way through the fleet, as far as one pass brings it. */
export interface RepoRollout {
  readonly rollout: Rollout;
  readonly step: RolloutStep;
  /** Null where it is over. */
  readonly shown: ShownRollout | null;
}

export interface RepoRolloutQuestion {
  readonly desired: DesiredState;
  readonly repo: Repo;
  readonly index: LiveIndex;
  readonly earlier: EarlierCommits;
  /** What one unit comes to. */
  readonly planOf: (unit: DesiredUnit) => UnitPlan;
  /** Whether the next ring may begin. */
  readonly goesOn: boolean;
  readonly now: number;
}

/** The rollout that the commit is on, and one ring further where its bots are healthy; null where none is. */
export async function rolloutOfRepo(question: RepoRolloutQuestion): Promise<RepoRollout | null> {
  const { desired, repo, index, earlier, planOf, goesOn, now } = question;
  const commits = createCommitReader(earlier, () => desired.commit);
  const find = (known?: RolloutState): Promise<Rollout | null> =>
    findRollout({ desired, repo, index, commits, now, ...(known && { known }) });
  const stepOf = (rollout: Rollout): RolloutStep => {
    const { state, settings, rings, held } = rollout;
    const healthOf = (name: string) => {
      const unit = held.get(name) ?? desired.units.get(name);
      if (unit === undefined) return { unit: name, health: 'left_out', since: null } as const;
      const plan = planOf(unit);
      // Nobody has brought it the change yet.
      if (isDue(plan)) return { unit: name, health: 'unknown', since: null } as const;
      const live = index.unit(unit);
      const seen = observeUnit({ desired: unit, plan, live, events: [], memory: newMemory(), blocked: null, now });
      return botHealth(name, seen, state.main, state.main);
    };
    return stepRollout({ state, settings, rings, healthOf, now });
  };
  const found = await find();
  if (found === null) return null;
  const step = stepOf(found);
  if (step.state === found.state || !goesOn) return { rollout: found, step, shown: showRollout(found, step) };
  const next = await find(step.state);
  if (next === null) return null;
  const after = stepOf(next);
  return { rollout: next, step: after, shown: showRollout(next, after) };
}

/** What is to be applied of what the commit wants: bots that the rollout has not come to are as they run. */
export const underRollout = (desired: DesiredState, found: RepoRollout | null): DesiredState =>
  found === null || found.rollout.held.size === 0
    ? desired
    : { ...desired, units: withEntries(desired.units, found.rollout.held) };

/** Writes down how far the rollout is, before anything of it is applied. Throws where that fails. */
export async function recordRollout(
  { api, namespace, index }: { readonly api: ClusterApi; readonly namespace: string; readonly index: LiveIndex },
  state: RolloutState | null,
): Promise<void> {
  const parent = fleetParent(index);
  const isOver = state?.phase === 'done' && lastCommit(index) === state.main;
  const wanted = isOver ? null : state;
  if (parent === undefined || !isNews(parent, wanted)) return;
  const written = await writeRollout({ api, namespace, parent }, wanted);
  if (!written.ok) throw clusterError(written.failure, `ConfigMap ${parent.metadata.name}`);
  index.put(written.value);
}
