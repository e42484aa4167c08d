import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ClaworcError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { createGit, type Git } from './client.ts';
import { isLostRace } from './errors.ts';
import { fastImportStream, type CommitRequest } from './fast-import.ts';
import { HISTORY_FORMAT, parseHistory, type LoggedCommit } from './history.ts';
import { createTreeReader, type RepoTree, type TreeCaps } from './read-tree.ts';
import { commitId, emptyTree, MAIN } from './ref.ts';
import { clearStaleLocks } from './stale-locks.ts';
import { watchRefs, type Watch } from './watch.ts';

export interface LogOptions {
  /** Only commits that changed this path or something below it. */
  readonly path?: string;
  /** Only commits that changed one of these, in the same sense. */
  readonly paths?: readonly string[];
  /** Only commits that this one does not have. */
  readonly since?: string | null;
  /** Newest commit of the answer; default the head. */
  readonly until?: string;
  readonly limit?: number;
  /** The steps of main itself, not the commits of merged branches. */
  readonly firstParent?: boolean;
}

export type CommitResult =
  | { readonly ok: true; readonly commit: string }
  /** Somebody else was faster, or a git process holds the branch: read again, merge again, try again. */
  | { readonly ok: false; readonly head: string | null };

/** One local git repository: the embedded bare one, another bare one, or a checkout. */
export interface GitRepository {
  /** The folder that was named. */
  readonly folder: string;
  /** Where git keeps its data; for a bare repository the folder itself. */
  readonly gitFolder: string;
  readonly bare: boolean;
  /** Commit that is read and published to: main of a bare repository, HEAD of a checkout. Null before the first one. */
  head(): Promise<string | null>;
  /** The instances repo at a commit. Throws `too_large` for a repository beyond the caps. */
  readFiles(commit: string): Promise<RepoTree>;
  /** One file at a commit, null where there is none. */
  readFile(commit: string, path: string): Promise<Uint8Array | null>;
  /** Writes a commit and moves main to it, if main is still at `parent`. Bare repositories only. */
  commit(request: CommitRequest): Promise<CommitResult>;
  /** Newest first. */
  log(options?: LogOptions): Promise<readonly LoggedCommit[]>;
  /** Whether `newer` is `older` or has it in its history. */
  isAncestor(older: string, newer: string): Promise<boolean>;
  /** Paths that differ between two commits; with `from` null, every path of `to`. */
  diffCommits(from: string | null, to: string): Promise<readonly string[]>;
  /** Unified diff of one path (or folder) between two commits; empty where nothing differs. */
  patch(from: string | null, to: string, path: string): Promise<string>;
  /** Calls back when main may have moved; resolves when it is being watched. */
  watchMain(onChange: () => void): Promise<Watch>;
  /** Removes locks that a killed git left behind; gives their names. */
  clearStaleLocks(olderThanMs?: number): Promise<readonly string[]>;
}

export interface OpenRepositoryOptions {
  readonly folder: string;
  readonly log: Log;
  readonly caps?: TreeCaps;
}

/** Opens a local repository. Throws `git_refused` if the folder is not the top of one. */
export async function openRepository({ folder, log, caps }: OpenRepositoryOptions): Promise<GitRepository> {
  const top = await realpath(folder).catch((cause: unknown) => {
    throw new ClaworcError('git_refused', `There is no folder ${folder}.`, { subject: folder, cause });
  });
  const git = createGit(top, dirname(top));
  const facts = await git.text(['rev-parse', '--is-bare-repository', '--path-format=absolute', '--git-common-dir']);
  const [bareness, gitFolder = top] = facts.trimEnd().split('\n');
  const bare = bareness === 'true';
  const ref = bare ? MAIN : 'HEAD';
  const readTree = createTreeReader(git, caps);
  const head = () => readHead(git, ref);
  return {
    folder,
    gitFolder,
    bare,
    head,
    readFiles: async (commit) => readTree(commitId(commit)),
    readFile: async (commit, path) => readFile(git, commitId(commit), path),
    commit: async (request) => {
      if (!bare) {
        throw new ClaworcError(
          'git_refused',
          `${folder} is a checkout; Claworc publishes to a bare repository only (git clone --bare makes one).`,
          { subject: folder },
        );
      }
      return commitToMain(git, request, head);
    },
    log: (options = {}) => readLog(git, ref, options, head),
    isAncestor: async (older, newer) => isAncestor(git, commitId(older), commitId(newer)),
    diffCommits: async (from, to) => diffCommits(git, from, commitId(to)),
    patch: async (from, to, path) => patch(git, from, commitId(to), path),
    watchMain: (onChange) =>
      watchRefs(gitFolder, onChange, (error) => log.warn('Watching main failed', { error: String(error) })),
    clearStaleLocks: (olderThanMs) => clearStaleLocks(gitFolder, olderThanMs),
  };
}

async function readHead(git: Git, ref: string): Promise<string | null> {
  const commit = await git.text(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], { expect: [0, 1] });
  return commit.trim() === '' ? null : commit.trim();
}

async function readFile(git: Git, commit: string, path: string): Promise<Uint8Array | null> {
  if (/[\n\0]/.test(path)) return null;
  const output = await git.catFile(['--batch'], { input: `${commit}:${path}\n` });
  const end = output.indexOf(10);
  const [, type, size] = output.toString('utf8', 0, end).split(' ');
  return type === 'blob' ? new Uint8Array(output.subarray(end + 1, end + 1 + Number(size))) : null;
}

async function commitToMain(
  git: Git,
  request: CommitRequest,
  head: () => Promise<string | null>,
): Promise<CommitResult> {
  if (request.parent !== null) commitId(request.parent);
  const written = await git.text(['fast-import', '--quiet', '--done'], { input: fastImportStream(request) });
  const commit = commitId(written.trim());
  const expected = request.parent ?? '0'.repeat(commit.length);
  try {
    await git.text(['update-ref', '--stdin'], {
      input: `start\nupdate ${MAIN} ${commit} ${expected}\nprepare\ncommit\n`,
    });
    return { ok: true, commit };
  } catch (error) {
    if (isLostRace(error)) return { ok: false, head: await head() };
    throw error;
  }
}

async function readLog(
  git: Git,
  ref: string,
  { path, paths = path === undefined ? [] : [path], since, until, limit, firstParent }: LogOptions,
  head: () => Promise<string | null>,
): Promise<readonly LoggedCommit[]> {
  if (until === undefined && (await head()) === null) return [];
  const range = [
    until === undefined ? ref : commitId(until),
    ...(since === undefined || since === null ? [] : [`^${commitId(since)}`]),
  ];
  const output = await git.text([
    'log',
    ...HISTORY_FORMAT,
    ...(limit === undefined ? [] : [`--max-count=${Math.trunc(limit)}`]),
    ...(firstParent === true ? ['--first-parent'] : []),
    '--end-of-options',
    ...range,
    '--',
    ...paths.map((each) => `:(literal)${each}`),
  ]);
  return parseHistory(output);
}

async function isAncestor(git: Git, older: string, newer: string): Promise<boolean> {
  if (older === newer) return true;
  // `merge-base --is-ancestor` prints nothing, which simple-git waits 50 ms over; the one base of a line is its elder.
  const base = await git.text(['merge-base', older, newer], { expect: [0, 1, 128] });
  return base.trim() === older;
}

async function diffCommits(git: Git, from: string | null, to: string): Promise<readonly string[]> {
  if (from === to) return [];
  const before = from === null ? emptyTree(to) : commitId(from);
  const output = await git.text(['diff-tree', '-r', '-z', '--name-only', '--no-renames', before, to]);
  return output.split('\0').filter((path) => path !== '');
}

async function patch(git: Git, from: string | null, to: string, path: string): Promise<string> {
  const before = from === null ? emptyTree(to) : commitId(from);
  const options = ['-r', '-p', '--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--full-index'];
  return git.text(['diff-tree', ...options, before, to, '--', `:(literal)${path}`]);
}
