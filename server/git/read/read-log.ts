import { ClaworcError } from '../../lib/errors.ts';
import type { Git } from '../client.ts';
import { compareTrees } from './compare-trees.ts';
import { HISTORY_FORMAT, parseHistory, type LoggedCommit } from './history.ts';
import { commitId, emptyTree } from '../refs/ref.ts';
import { relative, within } from '../folder/subfolder.ts';

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
 * git compares trees in memory before it says anything, so no limit of its output ends a comparison with a tree that
 * contains itself again and again. A list of 100,000 differing files is what this allows it; then it is `too_large`.
 */
const CAPPED = { allocationBytes: 1024 * 1024, silentMs: 20_000 } as const;

/** Commits of a range, newest first, seen from the folder `prefix`. */
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
  const commits = await git.text([
    'rev-list',
    ...(limit === undefined ? [] : [`--max-count=${Math.trunc(limit)}`]),
    ...(skip === undefined ? [] : [`--skip=${Math.trunc(skip)}`]),
    ...(firstParent === true ? ['--first-parent'] : []),
    '--end-of-options',
    ...range,
    '--',
    ...whereOf(prefix, paths),
  ]);
  return describeCommits(git, prefix, commits.trimEnd().split('\n'), paths);
}

/**
 * What commits say and changed, in their order; only files in one of `paths` are told, all where there is none. A commit
 * that differs in more than git may compare is looked at by itself.
 */
export async function describeCommits(
  git: Git,
  prefix: string,
  commits: readonly string[],
  paths: readonly string[] = [],
): Promise<readonly LoggedCommit[]> {
  if (commits.join('') === '') return [];
  const args = [...HISTORY_FORMAT, ...relative(prefix), '--', ...whereOf(prefix, paths)];
  const input = `${commits.join('\n')}\n`;
  try {
    return parseHistory(await git.text(['diff-tree', '--stdin', '-r', ...args], { input, ...CAPPED }));
  } catch (error) {
    if (!isTooLarge(error)) throw error;
  }
  const [commit = ''] = commits;
  if (commits.length > 1) {
    const half = commits.length >> 1;
    const newer = await describeCommits(git, prefix, commits.slice(0, half), paths);
    return [...newer, ...(await describeCommits(git, prefix, commits.slice(half), paths))];
  }
  // Without -r it compares the top alone.
  const words = parseHistory(await git.text(['diff-tree', '--stdin', ...args], { input }));
  const parent = words[0]?.parents[0] ?? null;
  const files = await compareCarefully(git, prefix, parent, commit, paths);
  return words.map((each) => ({ ...each, files }));
}

/** Paths that differ between two commits, seen from the folder `prefix`. */
export async function diffCommits(
  git: Git,
  prefix: string,
  from: string | null,
  to: string,
): Promise<readonly string[]> {
  if (from === to) return [];
  try {
    return await compareQuickly(git, prefix, from, to);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    return (await compareCarefully(git, prefix, from, to)).map(({ path }) => path);
  }
}

async function compareQuickly(git: Git, prefix: string, from: string | null, to: string): Promise<readonly string[]> {
  const before = from === null ? emptyTree(to) : commitId(from);
  const options = ['-r', '-z', '--name-only', '--no-renames', ...relative(prefix)];
  const output = await git.text(['diff-tree', ...options, before, to], CAPPED);
  return output.split('\0').filter((path) => path !== '');
}

async function compareCarefully(git: Git, prefix: string, from: string | null, to: string, paths?: readonly string[]) {
  const before = from === null ? null : await treeOf(git, from, prefix);
  const after = await treeOf(git, to, prefix);
  return compareTrees(git, before, after, paths);
}

/** The tree of the folder `prefix` at a commit, null where the commit has no such folder. */
export async function treeOf(git: Git, commit: string, prefix: string): Promise<string | null> {
  const name = prefix === '' ? `${commitId(commit)}^{tree}` : `${commitId(commit)}:${prefix.slice(0, -1)}`;
  const answer = await git.catFile(['--batch-check'], { input: `${name}\n` });
  const [oid = '', type] = answer.toString('utf8').trim().split(' ');
  return type === 'tree' ? commitId(oid) : null;
}

function whereOf(prefix: string, paths: readonly string[]): readonly string[] {
  return paths.length === 0 ? within(prefix) : paths.map((each) => `:(literal)${prefix}${each}`);
}

function isTooLarge(error: unknown): boolean {
  return error instanceof ClaworcError && error.code === 'too_large';
}
