import type { Git } from './client.ts';
import { HISTORY_FORMAT, parseHistory, type LoggedCommit } from './history.ts';
import { commitId, emptyTree } from './ref.ts';
import { relative, within } from './subfolder.ts';

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
  /** So many of the newest are left out. */
  readonly skip?: number;
  /** The steps of main itself, not the commits of merged branches. */
  readonly firstParent?: boolean;
}

/**
 * git compares trees in memory before it says anything, so that no limit of its output ends a comparison with a tree that
 * contains itself again and again. It takes some 80 MB a second for it.
 */
const SILENT_MS = 20_000;

/** Newest first. */
export async function readLog(
  git: Git,
  { ref, prefix }: { readonly ref: string; readonly prefix: string },
  { path, paths = path === undefined ? [] : [path], since, until, limit, skip, firstParent }: LogOptions,
  head: () => Promise<string | null>,
): Promise<readonly LoggedCommit[]> {
  if (until === undefined && (await head()) === null) return [];
  const range = [
    until === undefined ? ref : commitId(until),
    ...(since === undefined || since === null ? [] : [`^${commitId(since)}`]),
  ];
  const where = paths.length === 0 ? within(prefix) : paths.map((each) => `:(literal)${prefix}${each}`);
  const commits = await git.text([
    'rev-list',
    ...(limit === undefined ? [] : [`--max-count=${Math.trunc(limit)}`]),
    ...(skip === undefined ? [] : [`--skip=${Math.trunc(skip)}`]),
    ...(firstParent === true ? ['--first-parent'] : []),
    '--end-of-options',
    ...range,
    '--',
    ...where,
  ]);
  return describeCommits(git, prefix, commits, where);
}

/** What commits (one id a line) say and changed, in their order; `where` narrows the files that are told. */
export async function describeCommits(
  git: Git,
  prefix: string,
  commits: string,
  where: readonly string[] = within(prefix),
): Promise<readonly LoggedCommit[]> {
  if (commits === '') return [];
  const options = ['--stdin', ...HISTORY_FORMAT, ...relative(prefix)];
  return parseHistory(
    await git.text(['diff-tree', ...options, '--', ...where], { input: commits, silentMs: SILENT_MS }),
  );
}

/** Paths that differ, seen from `prefix`; with `from` null, every path of `to`. */
export async function diffCommits(
  git: Git,
  prefix: string,
  from: string | null,
  to: string,
): Promise<readonly string[]> {
  if (from === to) return [];
  const before = from === null ? emptyTree(to) : commitId(from);
  const options = ['-r', '-z', '--name-only', '--no-renames', ...relative(prefix)];
  const output = await git.text(['diff-tree', ...options, before, to], { silentMs: SILENT_MS });
  return output.split('\0').filter((path) => path !== '');
}
