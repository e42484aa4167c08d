import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Change } from '../../http/schemas/answers.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { LoggedCommit } from '../../git/history.ts';
import { EDIT_TRAILER } from '../../git/message.ts';
import { maskLeaks } from '../../../constructs/schema/leaks.ts';
import { mayHoldSecret, namesSecret } from '../../../constructs/repo/secret-text.ts';
import { concealPatch, mayHideSecret } from './conceal-patch.ts';
import type { AppContext } from '../app-context.ts';

/** Commits do not change: their patches are kept, so that a page that is looked at again costs nothing. */
const KEPT = 300;
/** Of all kept patches together, in characters: a new default changes a file of every bot. */
const KEPT_LENGTH = 16 * 1024 * 1024;
/** Of a commit with more files, a file that may be a Secret is shown as if it were one. */
const MOST_READ = 100;
const patches = new Map<string, Change['files']>();
let kept = 0;

/** One commit of main with every file it changed. Throws `not_found`. */
export async function getCommit(context: AppContext, sha: string): Promise<Change> {
  const [commit] = await context.repository.log({ until: sha, limit: 1 }).catch(noneIfUnknown);
  if (commit?.commit !== sha || !(await isOnMain(context, sha))) {
    throw new ClaworcError('not_found', `There is no commit ${sha} on main.`, { field: 'sha' });
  }
  return changeOf(commit, await readPatches(context, commit));
}

/** Git refuses to list what it doesn't have; where it can't be asked at all, nobody knows. */
function noneIfUnknown(error: unknown): readonly LoggedCommit[] {
  if (error instanceof ClaworcError && error.code === 'git_refused') return [];
  throw error;
}

async function isOnMain({ repository }: AppContext, sha: string): Promise<boolean> {
  const head = await repository.head();
  return head !== null && repository.isAncestor(sha, head);
}

/** The files of a commit with their unified diffs, in the order of their paths. */
export async function readPatches({ repository }: AppContext, commit: LoggedCommit): Promise<Change['files']> {
  const known = patches.get(commit.commit);
  if (known !== undefined) return known;
  const text = await repository.patch(commit.parents[0] ?? null, commit.commit, '');
  const parts = partsByPath(text);
  const found = await Promise.all(
    commit.files.map(async ({ path }) => {
      const patch = parts.get(path) ?? '';
      return { path, patch, isSecret: await isSecret(repository, commit, path, patch) };
    }),
  );
  const files: { path: string; patch: string }[] = [];
  for (const { path, patch, isSecret } of found) {
    files.push({ path, patch: concealPatch(path, patch, isSecret) });
    // Each may be as large as a file can be: others get their turn between two.
    await nextTurn();
  }
  keep(commit.commit, files);
  return files;
}

/** The parts of a patch; a file whose name git has to quote has none. */
function partsByPath(text: string): ReadonlyMap<string, string> {
  const parts = text.split(/^(?=diff --git )/m);
  return new Map(
    parts.flatMap((part) => {
      const names = /^diff --git a\/(.*)\n/.exec(part)?.[1] ?? '';
      // `<path> b/<path>`
      const path = names.slice(0, (names.length - ' b/'.length) / 2);
      return path !== '' && names === `${path} b/${path}` ? [[path, part] as const] : [];
    }),
  );
}

function keep(commit: string, files: Change['files']): void {
  if (patches.has(commit)) return;
  patches.set(commit, files);
  kept += lengthOf(files);
  for (const [oldest, their] of patches) {
    if (patches.size <= KEPT && kept <= KEPT_LENGTH) return;
    patches.delete(oldest);
    kept -= lengthOf(their);
  }
}

function lengthOf(files: Change['files']): number {
  return files.reduce((total, { path, patch }) => total + path.length + patch.length, 0);
}

/** Whether a changed file is a Secret, before or after. Nobody puts one under dist/ but somebody who doesn't know better. */
async function isSecret(
  repository: AppContext['repository'],
  { commit, parents, files }: LoggedCommit,
  path: string,
  patch: string,
): Promise<boolean> {
  if (path.startsWith('secrets/') || namesSecret(patch)) return true;
  if (!path.startsWith('dist/') || !mayHideSecret(patch)) return false;
  if (files.length > MOST_READ) return true;
  const sides = await Promise.all([commit, ...parents.slice(0, 1)].map((each) => repository.readFile(each, path)));
  return sides.some((bytes) => bytes !== null && mayHoldSecret(Buffer.from(bytes).toString('utf8')));
}

/** A commit as an entry of a history, before anything is known about the cluster. */
export function changeOf(commit: LoggedCommit, files: Change['files']): Change {
  return {
    id: commit.trailers[EDIT_TRAILER] ?? commit.commit,
    commit: commit.commit,
    message: maskLeaks(commit.subject),
    author: commit.author.name,
    at: commit.at,
    state: 'published',
    published_at: commit.committedAt,
    applied_at: null,
    healthy_at: null,
    detail: '',
    files,
  };
}
