import { isDeepStrictEqual } from 'node:util';
import { readRepo, type RepoFiles } from '../../../constructs/repo/index.ts';
import { errorsOnly, type UnitProblem } from '../../../constructs/repo/repo.ts';
import { withRefused } from '../../../constructs/repo/refused-files.ts';
import { synthRepo } from '../../../constructs/repo/synth-repo.ts';
import { verifyRepo } from '../../../constructs/repo/verify-repo.ts';
import type { TreeChanges } from '../../git/fast-import.ts';
import { locateFolder } from '../../git/folder/locate.ts';
import { formatMessage, oneLine } from '../../git/message.ts';
import { personGit, type PersonGit } from '../../git/person-git.ts';
import { isOwnRef } from '../../git/refs/ref.ts';
import { openRepository, type GitRepository } from '../../git/repository.ts';
import { createSnapshots } from '../../git/read/snapshots.ts';
import { prefixOf } from '../../git/folder/subfolder.ts';
import type { CommitSigner } from '../../git/signing/signer.ts';
import type { Effect } from '../../http/schemas/effect.ts';
import type { ProposalConflict } from '../../http/schemas/proposals.ts';
import { isoSeconds, type Clock } from '../../lib/clock.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { branchFor, branchRef } from '../proposals/branch-names.ts';
import type { Decisions } from '../proposals/conflict-choices.ts';
import { mainOf } from '../review/diff-repo.ts';
import { effectBetween } from '../review/effect-between.ts';
import { unsignedCommits } from '../review/unsigned-commits.ts';
import { folderIn } from './folder-in.ts';
import { headOf } from './head-of.ts';
import { localAuthor } from './local-author.ts';
import { findNamespaceChange } from './namespace-change.ts';
import { settleWithMain } from './settle-with-main.ts';
import { isOfRepo, readRepoFolder } from './synth-folder.ts';

export interface ProposeOptions {
  /** A checkout of an instances repo, or the folder of a checkout that is one. */
  readonly folder: string;
  /** Where in `folder` the instances repo lies. @default its top */
  readonly path?: string;
  readonly anyOwner: boolean;
  readonly title: string;
  readonly description: string;
  /** @default one below `proposals/` that is named after the title */
  readonly branch?: string;
  /** The branch that the change is for. */
  readonly base: string;
  /** The name of the remote that gets the branch. */
  readonly to: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Where main changed the same meanwhile, which value holds. */
  readonly decisions: Decisions;
  /** Signs the commit. @default nobody does */
  readonly signer?: CommitSigner | null;
}

export type Proposed =
  | { readonly state: 'nothing' }
  /** Nothing was pushed. */
  | { readonly state: 'broken'; readonly problems: readonly UnitProblem[]; readonly effect: Effect | null }
  /** Main changed the same fields meanwhile, and nobody said which value holds. Nothing was pushed. */
  | { readonly state: 'conflict'; readonly conflicts: readonly ProposalConflict[] }
  | {
      readonly state: 'pushed';
      readonly branch: string;
      readonly commit: string;
      readonly effect: Effect;
      /** Commits that the checkout had and the branch that it is for has not: they went along. */
      readonly along: number;
    };

export interface ProposedFrom {
  /** What to put in front of a path of the instances repo to have one of the whole repository. */
  readonly prefix: string;
  /** Of the remote. */
  readonly address: string;
}

/**
 * `claworc propose`: what a checkout changes of records, verified and rendered, as one commit on a branch of its remote. The
 * commit is made beside the work tree and its index, which stay as they are, dist/ included. Throws `usage` and what git
 * has to say.
 */
export async function proposeCheckout(options: ProposeOptions): Promise<Proposed & ProposedFrom> {
  const { clock, base, to, log, anyOwner, signal, decisions } = options;
  const title = oneLine(options.title);
  if (title === '') throw new ClaworcError('usage', 'A proposal needs a --title.', { field: 'title' });
  const folder = folderIn(options.folder, options.path);
  const { top, path } = locateFolder(folder);
  const { signer = null } = options;
  const repository = await openRepository({ folder: top, path, anyOwner, log, signer });
  const person = personGit({ folder: top, env: options.env, signal });
  const address = await person.addressOf(to);
  const head = await headOf(repository, options.folder);
  const about = { prefix: prefixOf(path), address };
  const author = (await person.author()) ?? localAuthor();
  const at = isoSeconds(clock);

  const snapshots = createSnapshots({ readFiles: (commit) => repository.readContents(commit) });
  const before = await snapshots.at(head);
  const read = readRepoFolder(folder, { tellsFolders: true });
  const repo = withRefused(readRepo(read.files), read.refused);
  const { changes: rendered } = synthRepo(repo, { at, by: author.name, previous: { records: before.repo.records } });
  const files = withChanges(read.files, rendered);
  const moved = await findNamespaceChange(folder, files, anyOwner);
  const refused = repo.problems.filter(({ file }) => read.refused.some((each) => each.path === file));
  const problems = [...(moved === null ? [] : [moved]), ...refused, ...verifyRepo(files)];
  if (errorsOnly(problems).length > 0) return { ...about, state: 'broken', problems, effect: null };

  const changes = differences((await repository.readFiles(head)).files, files);
  if (changes.size === 0) return { ...about, state: 'nothing' };
  const branch = await branchName(options, { title, head, repository, person });
  const message = formatMessage(title, options.description.split('\n'), {});
  const commit = await repository.writeCommit({ parent: head, changes, author, at, message });
  const main = (await person.fetch(to, base)) ?? (await mainOf(repository, base, to));
  const fork = main === null ? head : ((await repository.mergeBase(main, head)) ?? head);
  const unsigned = await unsignedCommits(repository, fork, commit, (await snapshots.at(fork)).repo.fleet);
  if (unsigned.length > 0) return { ...about, state: 'broken', problems: unsigned, effect: null };
  const effect = await effectBetween({ repository, snapshots }, fork, commit);
  if (effect.problems.some(({ severity }) => severity === 'error')) {
    return { ...about, state: 'broken', problems: [], effect };
  }
  const along = fork === head ? 0 : await repository.countCommits(fork, head);
  const standing =
    main === null
      ? ({ state: 'free' } as const)
      : await settleWithMain(
          { repository, snapshots },
          { main, commit, decisions, author, at, message: formatMessage(`Bring ${branch} up to ${base}`, [], {}) },
        );
  if (standing.state === 'settled' && along > 0 && about.prefix !== '') {
    const words = `The checkout has commits that ${base} has not, and more than records may be in them: bring it up to ${base} with git first.`;
    throw new ClaworcError('conflict', words);
  }
  if (standing.state === 'conflict') return { ...about, ...standing };
  const pushed = standing.state === 'settled' ? standing.commit : commit;
  await person.push(to, pushed, branch);
  const settled = standing.state === 'settled' && main !== null;
  const told = settled ? await effectBetween({ repository, snapshots }, main, pushed) : effect;
  return { ...about, state: 'pushed', branch, commit: pushed, effect: told, along };
}

/** A branch that the remote has may only be gone on from: nobody's commit is left out. */
async function branchName(
  { branch, to }: ProposeOptions,
  at: { readonly title: string; readonly head: string; readonly repository: GitRepository; readonly person: PersonGit },
): Promise<string> {
  const { title, head, repository, person } = at;
  if (branch === undefined) {
    const taken = new Set<string>();
    for (;;) {
      const name = branchFor(title, (each) => taken.has(each));
      if ((await person.branchAt(to, name)) === null) return name;
      taken.add(name);
    }
  }
  if (!isOwnRef(branchRef(branch))) {
    throw new ClaworcError('usage', `${JSON.stringify(branch.slice(0, 200))} is no name of a branch.`, {
      field: 'branch',
    });
  }
  const there = await person.branchAt(to, branch);
  if (there === null || there === head) return branch;
  const isBehind = await repository.isAncestor(there, head).catch(() => false);
  if (isBehind) return branch;
  throw new ClaworcError(
    'conflict',
    `${to} has a branch ${branch} with commits that this checkout is not on. Check it out to add to it, or name another with --branch.`,
    { field: 'branch' },
  );
}

function withChanges(files: RepoFiles, changes: ReadonlyMap<string, string | null>): RepoFiles {
  const all = new Map(files);
  for (const [path, text] of changes) {
    if (text === null) all.delete(path);
    else all.set(path, Buffer.from(text));
  }
  return all;
}

/** Of an instances repo only: whatever else the checkout holds is not proposed. */
function differences(before: RepoFiles, after: RepoFiles): TreeChanges {
  const changes = new Map<string, Uint8Array | null>();
  for (const [path, content] of after) {
    const old = before.get(path);
    if (old === undefined || !isDeepStrictEqual(Buffer.from(old), Buffer.from(content))) changes.set(path, content);
  }
  for (const path of before.keys()) {
    if (!after.has(path) && isOfRepo(path)) changes.set(path, null);
  }
  return changes;
}
