import { isInstanceName } from '../../../constructs/repo/paths.ts';
import { maskLeaks } from '../../../constructs/schema/check/leaks.ts';
import type { LoggedCommit } from '../../git/read/history.ts';
import type { Revision } from '../../http/schemas/history.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { AppContext } from '../app-context.ts';
import { findEditedInstance } from '../instances/edited.ts';

/**
 * The commit that a whole or a shortened id names, if main or another branch has it in its history. Throws `not_found`
 * for any other, `field` being where it was named.
 */
export async function readRevision(context: AppContext, named: string, field: string): Promise<LoggedCommit> {
  const { repository } = context;
  const id = await repository.commitNamed(named).catch((error: unknown) => {
    if (!(error instanceof ClaworcError) || error.code !== 'usage') throw error;
    throw new ClaworcError('not_found', `There is no commit ${named} in this repository.`, { field, subject: named });
  });
  const [commit] = await repository.describe([id]);
  if (commit !== undefined && (await repository.isOnBranch(id))) return commit;
  throw new ClaworcError(
    'not_found',
    `No branch has the commit ${id.slice(0, 12)} any more: main was rewritten since, or its branch is gone.`,
    { field, subject: id },
  );
}

/** The revision as the API tells it. */
export function revisionOf({ commit, subject, author, at }: LoggedCommit): Revision {
  return { commit, message: maskLeaks(subject), author: author.name, at };
}

/** The name behind a number or a name, also of a bot that main has no more. Throws `not_found`. */
export function nameOfBot({ store }: Pick<AppContext, 'store'>, id: string): string {
  const name = findEditedInstance(store.reader, /^\d{1,15}$/.test(id) ? Number(id) : id)?.row.name;
  if (name !== undefined) return name;
  if (isInstanceName(id)) return id;
  throw new ClaworcError('not_found', `There is no bot ${JSON.stringify(id)}.`, { field: 'id' });
}
