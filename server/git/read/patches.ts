import type { Git } from '../client.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { commitId } from '../refs/ref.ts';
import { relative, within } from '../folder/subfolder.ts';

/** Of what git says of one question; what is beyond it is asked for in smaller ones. */
const LIMIT_BYTES = 4 * 1024 * 1024;

const FORMAT = [
  '-r',
  '-p',
  '--root',
  '--always',
  '--format=%x00%H',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--no-renames',
  '--full-index',
  '--diff-merges=first-parent',
] as const;

/** Where in a diff a commit begins: a line of a file's content has a sign in front. */
const COMMIT_LINE = /(?<![^\n])\0([0-9a-f]{40}|[0-9a-f]{64})\n/;

/**
 * Unified diffs of some paths (none: of all) by commit, each beside the commit's first parent; empty where nothing of them
 * changed. One git for all. Throws `too_large` for more than 4 MiB.
 */
export async function readPatches(
  git: Git,
  prefix: string,
  commits: readonly string[],
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (commits.length === 0) return new Map();
  const where = paths.length === 0 ? within(prefix) : paths.map((path) => `:(literal)${prefix}${path}`);
  const said = await git.text(['diff-tree', '--stdin', ...FORMAT, ...relative(prefix), '--', ...where], {
    input: commits.map((commit) => `${commitId(commit)}\n`).join(''),
    // A tree that contains itself again and again fills memory before git says a word.
    allocationBytes: LIMIT_BYTES,
    limit: {
      bytes: LIMIT_BYTES,
      refuse: () => new ClaworcError('too_large', `a diff of more than ${LIMIT_BYTES / 1024 / 1024} MiB`),
    },
  });
  const [, ...parts] = said.split(COMMIT_LINE);
  const found = new Map<string, string>();
  for (let at = 0; at < parts.length; at += 2) found.set(parts[at] ?? '', (parts[at + 1] ?? '').replace(/^\n/, ''));
  return found;
}
