import { readRepo } from '../../../constructs/repo/read-repo.ts';
import { withRefused } from '../../../constructs/repo/refused-files.ts';
import type { GitRepository } from '../../git/repository.ts';
import { createSnapshots, type Snapshot } from '../../git/read/snapshots.ts';
import { NOT_DEMANDED } from '../../git/signing/unsigned-content.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { Effect } from '../../http/schemas/effect.ts';
import { folderIn } from '../commands/folder-in.ts';
import { openCheckout, type CheckoutChoice } from '../commands/open-checkout.ts';
import { readRepoFolder } from '../commands/synth-folder.ts';
import { effectOf, effectProblems } from './effect-between.ts';
import { unsignedCommits } from './unsigned-commits.ts';

export interface DiffOptions extends CheckoutChoice {
  /**
   * `A..B`, `A...B` (from where B left A), or `A` (to the work tree).
   * @default from where the checkout left main to its work tree
   */
  readonly range?: string;
}

export interface Diffed {
  readonly effect: Effect;
  /** What to put in front of a path of the instances repo to have one of the whole repository. */
  readonly prefix: string;
}

/** What the records of two commits, or of a commit and the work tree, mean for each bot. Throws `usage` for unknown names. */
export async function diffRepo(options: DiffOptions): Promise<Diffed> {
  const { repository, prefix } = await openCheckout(options);
  const snapshots = createSnapshots({ readFiles: (commit) => repository.readContents(commit) });
  const { base, head } = await ends(repository, options);
  const before = await snapshots.at(base);
  const after = head === null ? workTree(options.folder, options.from.path) : await snapshots.at(head);
  const effect = await effectOf(repository, before, after, head ?? 'work tree');
  const newest = head ?? (await repository.head());
  const unsigned =
    base === null || newest === null ? [] : await unsignedCommits(repository, base, newest, before.repo.fleet);
  return { effect: { ...effect, problems: [...effectProblems(unsigned), ...effect.problems] }, prefix };
}

interface Ends {
  readonly base: string | null;
  /** Null: the work tree. */
  readonly head: string | null;
}

async function ends(repository: GitRepository, { range, from }: DiffOptions): Promise<Ends> {
  if (range === undefined) {
    const head = await repository.head();
    const main = head === null ? null : await mainOf(repository, from.branch);
    const base = head === null || main === null ? head : ((await repository.mergeBase(main, head)) ?? head);
    return { base, head: repository.bare ? head : null };
  }
  const [, left = '', dots, right = ''] = /^(.*?)(\.{2,3})(.*)$/.exec(range) ?? ['', range];
  const base = await repository.commitNamed(left === '' ? 'HEAD' : left);
  if (dots === undefined && !repository.bare) return { base, head: null };
  const head = await repository.commitNamed(right === '' ? 'HEAD' : right);
  return { base: dots === '...' ? await forkOf(repository, base, head, range) : base, head };
}

async function forkOf(repository: GitRepository, one: string, other: string, range: string): Promise<string> {
  const base = await repository.mergeBase(one, other);
  if (base !== null) return base;
  throw new ClaworcError(
    'git_refused',
    `The history that is here has no commit that both sides of ${range} come from; fetch all of it (in GitHub Actions fetch-depth: 0).`,
    { subject: range },
  );
}

/** The branch that records are merged to, here or on the remote that the checkout came from. */
export async function mainOf(repository: GitRepository, branch = 'main', remote = 'origin'): Promise<string | null> {
  for (const name of [`refs/remotes/${remote}/${branch}`, `refs/heads/${branch}`]) {
    try {
      return await repository.commitNamed(name);
    } catch (error) {
      if (!(error instanceof ClaworcError) || error.code !== 'usage') throw error;
    }
  }
  return null;
}

function workTree(folder: string, path: string | undefined): Snapshot {
  const read = readRepoFolder(folderIn(folder, path), { tellsFolders: true });
  return {
    commit: null,
    files: read.files,
    repo: withRefused(readRepo(read.files), read.refused),
    refused: read.refused,
    signing: NOT_DEMANDED,
  };
}
