import type { Repo } from '../../../../constructs/repo/index.ts';
import { isSameFolder } from '../../../../constructs/repo/rendered-file.ts';
import { ClaworcError } from '../../../lib/errors.ts';
import type { RolloutSettings } from '../../../../constructs/schema/index.ts';
import type { CommitReader, EarlierCommit } from '../../desired/commit-reader.ts';
import type { DesiredState, DesiredUnit } from '../../desired/desired-state.ts';
import { heldBackUnit } from '../../desired/held-back.ts';
import { DIGEST_ANNOTATION } from '../../desired/stamp.ts';
import type { LiveIndex } from '../../live/live-index.ts';
import { deploymentStatus, replicasOf } from '../../live/live-shapes.ts';
import { fleetParent, lastCommit } from '../lineage.ts';
import { assignRings } from './assign-rings.ts';
import { botsChangedByFleet } from './changed-bots.ts';
import { markOfBot, readRolloutState, takeOver, type RolloutState } from './rollout-state.ts';

export interface RolloutQuestion {
  /** What main wants of every bot. */
  readonly desired: DesiredState;
  /** The repository that `desired` was read of. */
  readonly repo: Repo;
  readonly index: LiveIndex;
  readonly commits: CommitReader;
  /** How far it is. @default as the cluster has it written down */
  readonly known?: RolloutState;
  /** ms since the epoch. */
  readonly now: number;
}

/** A change on its way through the fleet. */
export interface Rollout {
  /** To be written down where the cluster has another. */
  readonly state: RolloutState;
  readonly settings: RolloutSettings;
  /** Bots by ring; none is empty. */
  readonly rings: readonly (readonly string[])[];
  /** What bots are kept at that it has not come to, by name. */
  readonly held: ReadonlyMap<string, DesiredUnit>;
}

/**
 * The rollout that main is on, begun or gone on with; null where everything goes to all bots at once. Whoever asks with
 * the same cluster and the same commit gets the same answer.
 */
export async function findRollout(question: RolloutQuestion): Promise<Rollout | null> {
  const { desired, repo, index, commits } = question;
  const { rollout: settings, commit: main } = desired;
  const last = lastCommit(index);
  if (settings === undefined || desired.applier === 'external' || last === undefined) return null;
  const known = question.known ?? knownState(index, last);
  if (known === undefined && last === main) return null;
  const goesOn = known !== undefined && (await isSameFleet(known.target, question));
  const from = goesOn
    ? known.from
    : known === undefined
      ? [last]
      : takeOver(known.phase === 'done' ? done(known) : known);
  const earlier = await readAll(commits, from);
  const [base] = earlier;
  // To release all bots because history isn't here would be the one thing that a rollout is to keep from happening.
  if (base === undefined && known !== undefined && known.phase !== 'done') throw historyMissing(from);
  if (base === undefined || base.repo.fleet?.spec.namespace !== desired.namespace) return null;
  const target = goesOn ? known.target : main;
  const then = target === main ? repo : (await commits.at(target))?.repo;
  if (then === undefined) return null;
  const bots = botsChangedByFleet(base.repo, then);
  if (!goesOn && bots.length <= settings.moreThan) return null;
  const rings = assignRings(bots, settings.rings);
  const state = goesOn
    ? { ...known, main, ring: Math.min(known.ring, Math.max(0, rings.length - 1)) }
    : begin(question, { target, from, units: bots.map(({ unit }) => unit) });
  commits.keep([...from, target]);
  const waiting = new Set(state.phase === 'done' ? [] : botsChangedByFleet(base.repo, repo).map(({ unit }) => unit));
  const held = new Map<string, DesiredUnit>();
  for (const [at, members] of rings.entries()) {
    if (at <= state.ring) continue;
    for (const unit of members.filter((member) => waiting.has(member))) {
      const kept = await keptAt(unit, { question, earlier, from, target, ring: at + 1, rings: rings.length });
      if (kept !== undefined) held.set(unit, kept);
    }
  }
  return { state, settings, rings, held };
}

/** One of another time counts for nothing: main was brought to the cluster without it since. */
function knownState(index: LiveIndex, last: string): RolloutState | undefined {
  const state = readRolloutState(fleetParent(index));
  if (state === undefined) return undefined;
  return [state.target, state.main, ...state.from].includes(last) ? state : undefined;
}

function historyMissing(from: readonly string[]): ClaworcError {
  const names = from.map((commit) => commit.slice(0, 7)).join(', ');
  return new ClaworcError(
    'git_refused',
    `A rollout is on its way, and what bots run that it has not come to (${names}) is not in this clone: get its history, with \`git fetch --unshallow\` (fetch-depth: 0 in a workflow).`,
    { subject: names },
  );
}

const done = ({ main }: RolloutState): Pick<RolloutState, 'from' | 'target'> => ({ from: [main], target: main });

async function isSameFleet(target: string, { desired, repo, commits }: RolloutQuestion): Promise<boolean> {
  if (target === desired.commit) return true;
  return (await commits.at(target))?.repo.fleetText === repo.fleetText;
}

async function readAll(commits: CommitReader, from: readonly string[]): Promise<readonly EarlierCommit[]> {
  const read: EarlierCommit[] = [];
  for (const commit of from) {
    const found = await commits.at(commit);
    if (found === null) return [];
    read.push(found);
  }
  return read;
}

/** Bots that are unhealthy already say nothing about the change. */
function begin(
  { desired, index, now }: RolloutQuestion,
  {
    target,
    from,
    units,
  }: { readonly target: string; readonly from: readonly string[]; readonly units: readonly string[] },
): RolloutState {
  const excused = units.filter((unit) => !isWell(unit, index)).map(markOfBot);
  const since = Math.floor(now / 1000) * 1000;
  return {
    ...{ target, from, main: desired.commit, phase: 'running', ring: 0, since, reason: '' },
    excused: [...new Set(excused)].sort(),
  };
}

function isWell(unit: string, index: LiveIndex): boolean {
  const deployment = index.get('Deployment', unit);
  if (deployment === undefined) return false;
  const { readyReplicas = 0 } = deploymentStatus(deployment);
  return readyReplicas >= (replicasOf(deployment) ?? 1);
}

interface Keeping {
  readonly question: RolloutQuestion;
  readonly earlier: readonly EarlierCommit[];
  readonly from: readonly string[];
  readonly target: string;
  readonly ring: number;
  readonly rings: number;
}

/** The bot as the commit has it that it runs; undefined where main is no other, or that can't be applied. */
async function keptAt(
  unit: string,
  { question: { desired, repo, index }, earlier, from, target, ring, rings }: Keeping,
): Promise<DesiredUnit | undefined> {
  const main = desired.units.get(unit);
  if (main?.state !== 'present') return undefined;
  let best:
    { readonly at: number; readonly base: DesiredUnit & { state: 'present' }; readonly score: number } | undefined;
  for (const [at, commit] of earlier.entries()) {
    const base = (await commit.desired()).units.get(unit);
    if (base?.state !== 'present') continue;
    // Where there is no choice nothing has to be rendered to make it.
    const score = earlier.length === 1 ? 0 : countAlike(base, index);
    if (best === undefined || score > best.score) best = { at, base, score };
  }
  if (best === undefined) return undefined;
  const { at, base } = best;
  const [runs, is] = [earlier[at]?.repo.dist.get(unit), repo.dist.get(unit)];
  if (runs !== undefined && is !== undefined && isSameFolder(runs, is)) return undefined;
  return heldBackUnit(main, base, { runs: from[at] ?? '', target, ring, rings });
}

/** How many of the objects live as this has them. */
function countAlike({ objects }: DesiredUnit & { readonly state: 'present' }, index: LiveIndex): number {
  return objects.filter(({ kind, name, object }) => {
    const live = index.get(kind, name)?.metadata.annotations?.[DIGEST_ANNOTATION];
    return live !== undefined && live === object.metadata.annotations?.[DIGEST_ANNOTATION];
  }).length;
}
