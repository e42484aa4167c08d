import type { Change, Commit } from '../../http/schemas/answers.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { LoggedCommit } from '../../git/read/history.ts';
import { EDIT_TRAILER } from '../../git/message.ts';
import { maskLeaks } from '../../../constructs/schema/check/leaks.ts';
import { readFilePatches } from './commit-patches.ts';
import { signaturesOf } from '../history/signatures.ts';
import type { AppContext } from '../app-context.ts';

/** Files of one answer: a new default changes a file of every bot. */
const MOST_FILES = 100;

export interface CommitPage {
  /** The path behind which the page begins. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** One commit of main with a page of the files that it changed. Throws `not_found`, and `invalid` for a path it has not. */
export async function getCommit(context: AppContext, sha: string, { after, limit }: CommitPage): Promise<Commit> {
  const [commit] = await context.repository.log({ until: sha, limit: 1 }).catch(noneIfUnknown);
  if (commit?.commit !== sha || !(await isOnMain(context, sha))) {
    throw new ClaworcError('not_found', `There is no commit ${sha} on main.`, { field: 'sha' });
  }
  const { files } = commit;
  const before = after === undefined ? -1 : files.findIndex(({ path }) => path === after);
  if (after !== undefined && before < 0) {
    throw new ClaworcError('invalid', 'The commit changes no file of that path.', { field: 'after' });
  }
  const page = files.slice(before + 1, before + 1 + Math.min(limit, MOST_FILES));
  const [shown = []] = await readFilePatches(context.repository, [{ ...commit, files: page }]);
  const isLast = before + 1 + page.length >= files.length;
  const signature = (await signaturesOf(context, [commit]))(sha);
  return {
    ...changeOf(commit, shown),
    signature,
    files_total: files.length,
    next: isLast ? null : (page.at(-1)?.path ?? null),
  };
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
    applied_as: null,
    healthy_at: null,
    result: null,
    result_at: null,
    action: 'configure',
    proposal: null,
    detail: '',
    signature: null,
    files,
  };
}
