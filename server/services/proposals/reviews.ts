import { ownedChanges, type OwnedChange } from '../../../constructs/repo/owned-changes.ts';
import { FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import type { Repo } from '../../../constructs/repo/repo.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { GitRepository } from '../../git/repository.ts';
import type { Effect } from '../../http/schemas/effect.ts';
import type { ProposedKey } from '../../http/schemas/proposals.ts';
import { effectBetween, effectOf } from '../review/effect-between.ts';
import { prepareMerge, type MergeDeps } from './prepare-merge.ts';
import { keysBetween } from './proposed-keys.ts';
import { blameConflicts, type BlamedConflict } from './who-changed.ts';

/** How a proposal stands to main. */
export interface Review {
  /** Where it left main; null where the two have no history in common. */
  readonly base: string | null;
  /** Commits of main since then. */
  readonly behind: number;
  /** Bots, and `fleet`, whose records or keys it changes. */
  readonly units: readonly string[];
  /** Of these what main has not, and what main would have no more. */
  readonly creates: readonly string[];
  readonly removes: readonly string[];
  readonly state: 'ready' | 'nothing' | 'conflict' | 'failed';
  /** `theirs` is main, `mine` the proposal. */
  readonly conflicts: readonly BlamedConflict[];
  /** Why it failed, in words. */
  readonly detail: string;
  /** Rules with owners that main would have otherwise; known of one that is ready. */
  readonly rules: readonly OwnedChange[];
}

/** Looks at proposals; each pair of commits once, as long as it is among the last ones asked for. */
export interface ProposalReviews {
  of(main: string, head: string): Promise<Review>;
  /** What main with the proposal would do; where the two can't be merged, what lies between its base and its head. */
  effect(main: string, head: string): Promise<Effect>;
  /** API keys that it has otherwise than main. */
  keys(main: string, head: string): Promise<readonly ProposedKey[]>;
}

const MOST_KEPT = 200;

export function createReviews(
  deps: MergeDeps & {
    readonly repository: Pick<GitRepository, 'countCommits' | 'readSome' | 'fileVersions' | 'describe'>;
  },
): ProposalReviews {
  const known = new Map<string, Promise<Review>>();
  return {
    of: (main, head) => {
      const key = `${main} ${head}`;
      const review = known.get(key) ?? lookAt(deps, main, head);
      known.delete(key);
      known.set(key, review);
      review.catch(() => known.delete(key));
      for (const old of known.keys()) if (known.size > MOST_KEPT) known.delete(old);
      return review;
    },
    effect: async (main, head) => {
      const { repository, snapshots } = deps;
      const there = { ...(await snapshots.at(main)), commit: main };
      const prepared = await prepareMerge(deps, there, head, new Set());
      if (prepared.state === 'ready') return effectOf(repository, there, prepared.result, head);
      return effectBetween({ repository, snapshots }, await repository.mergeBase(main, head), head);
    },
    keys: async (main, head) => {
      const base = await deps.repository.mergeBase(main, head);
      return base === null ? [] : keysBetween(deps.snapshots, { main, base, head });
    },
  };
}

async function lookAt(deps: Parameters<typeof createReviews>[0], main: string, head: string): Promise<Review> {
  const { repository, snapshots } = deps;
  const base = await repository.mergeBase(main, head);
  const behind = base === null ? 0 : await repository.countCommits(base, main);
  const there = { base, behind, creates: [], removes: [], conflicts: [], detail: '', rules: [] };
  try {
    const ours = await snapshots.at(main);
    const prepared = await prepareMerge(deps, { ...ours, commit: main }, head, new Set());
    if (prepared.state === 'nothing') return { ...there, state: 'nothing', units: [] };
    const about = { ...there, ...unitsOf(prepared.units, ours.repo, (await snapshots.at(head)).repo) };
    switch (prepared.state) {
      case 'ready':
        return { ...about, state: 'ready', rules: ownedChanges(ours.repo.fleet, prepared.result.repo.fleet) };
      case 'conflict':
        return {
          ...about,
          state: 'conflict',
          // Branches without a common commit have no conflicts: they are not merged at all.
          conflicts: await blameConflicts(repository, prepared.conflicts, {
            base: base ?? main,
            theirs: main,
            mine: head,
          }),
        };
      case 'failed':
        return { ...about, state: 'failed', detail: prepared.detail };
    }
  } catch (error) {
    if (!(error instanceof ClaworcError) || error.code !== 'too_large') throw error;
    return { ...there, state: 'failed', units: [], detail: `${error.message}.` };
  }
}

function unitsOf(all: ReadonlySet<string>, main: Repo, mine: Repo): Pick<Review, 'units' | 'creates' | 'removes'> {
  const units = [...all].sort();
  const isIn = ({ records, claimed }: Repo, unit: string): boolean => records.has(unit) || claimed.has(unit);
  const bots = units.filter((unit) => unit !== FLEET_UNIT);
  return {
    units,
    creates: bots.filter((unit) => !isIn(main, unit) && isIn(mine, unit)),
    removes: bots.filter((unit) => isIn(main, unit) && !isIn(mine, unit)),
  };
}
