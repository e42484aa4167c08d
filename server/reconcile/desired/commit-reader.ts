import type { Repo } from '../../../constructs/repo/index.ts';
import { createSnapshots } from '../../git/read/snapshots.ts';
import { createDesiredReader } from './desired.ts';
import type { DesiredSource } from './desired-source.ts';
import type { DesiredState } from './desired-state.ts';

/** A commit of main before the newest, as it wanted the fleet. */
export interface EarlierCommit {
  readonly repo: Repo;
  /** Rendered when it is asked for, once. */
  desired(): Promise<DesiredState>;
}

export interface CommitReader {
  /** Null: the commit isn't in this repository. Throws what git can't answer now. */
  at(commit: string): Promise<EarlierCommit | null>;
  /** Whether it could be read. */
  has(commit: string): Promise<boolean>;
  /** Keeps only these. */
  keep(commits: readonly string[]): void;
}

/** Reads commits that bots still run. Each is kept whole, so that only those of a rollout should be. */
export function createCommitReader(
  source: Pick<DesiredSource, 'readFiles' | 'signatures' | 'orderOf'>,
  head: () => string,
): CommitReader {
  const known = new Map<string, EarlierCommit>();
  const has = async (commit: string): Promise<boolean> => {
    const order = await source.orderOf(head(), commit);
    return order !== 'missing' && order !== 'cut_off';
  };
  const read = async (commit: string): Promise<EarlierCommit | null> => {
    if (!(await has(commit))) return null;
    const { repo } = await createSnapshots(source).at(commit);
    const reader = createDesiredReader();
    let desired: Promise<DesiredState> | undefined;
    return { repo, desired: () => (desired ??= reader.read(commit, repo)) };
  };
  return {
    has,
    async at(commit) {
      const found = known.get(commit) ?? (await read(commit));
      if (found !== null) known.set(commit, found);
      return found;
    },
    keep(commits) {
      for (const commit of known.keys()) if (!commits.includes(commit)) known.delete(commit);
    },
  };
}
