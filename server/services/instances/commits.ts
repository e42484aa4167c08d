import type { Change } from '../../http/schemas/answers.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { LoggedCommit } from '../../git/history.ts';
import { EDIT_TRAILER } from '../../git/message.ts';
import { holdsSecret, mayHoldSecret } from '../../../constructs/repo/secret-text.ts';
import { concealPatch, mayHideSecret } from './conceal-patch.ts';
import type { AppContext } from '../app-context.ts';

/** Commits do not change: their patches are kept, so that a page that is looked at again costs nothing. */
const KEPT = 300;
/** Of a commit with more files, a file that may be a Secret is shown as if it were one. */
const MOST_READ = 100;
const patches = new Map<string, Change['files']>();

/** One commit of main with every file it changed. Throws `not_found`. */
export async function getCommit(context: AppContext, sha: string): Promise<Change> {
  const [commit] = await context.repository.log({ until: sha, limit: 1 }).catch(() => []);
  if (commit?.commit !== sha || !(await isOnMain(context, sha))) {
    throw new ClaworcError('not_found', `There is no commit ${sha} on main.`, { field: 'sha' });
  }
  return changeOf(commit, await readPatches(context, commit));
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
  const parts = text.split(/^(?=diff --git )/m).filter((part) => part.startsWith('diff --git '));
  const files = await Promise.all(
    commit.files.map(async ({ path }) => {
      const patch = parts.find((part) => isPatchOf(part, path)) ?? '';
      return { path, patch: concealPatch(path, patch, await isSecret(repository, commit, path, patch)) };
    }),
  );
  patches.set(commit.commit, files);
  const [oldest] = patches.keys();
  if (patches.size > KEPT && oldest !== undefined) patches.delete(oldest);
  return files;
}

function isPatchOf(part: string, path: string): boolean {
  return part.startsWith(`diff --git a/${path} b/${path}\n`);
}

/** Whether a changed file is a Secret, before or after. Nobody puts one under dist/ but somebody who doesn't know better. */
async function isSecret(
  repository: AppContext['repository'],
  { commit, parents, files }: LoggedCommit,
  path: string,
  patch: string,
): Promise<boolean> {
  if (path.startsWith('secrets/') || holdsSecret(patch)) return true;
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
    message: commit.subject,
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
