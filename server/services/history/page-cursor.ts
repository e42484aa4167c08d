import { ClaworcError } from '../../lib/errors.ts';
import type { AppContext } from '../app-context.ts';

/** Where a page begins in main as it was at the first page. */
export interface PageStart {
  readonly until: string | null;
  /** Commits that the pages before it had. */
  readonly skip: number;
}

/**
 * The start that `after` says (`commit.skip`, and what a page has beside commits behind a further dot), or that of a first
 * page. Throws `stale` where main does not have that commit any more.
 */
export async function readCursor(
  { repository }: Pick<AppContext, 'repository'>,
  after: string | undefined,
): Promise<PageStart> {
  const head = await repository.head();
  if (after === undefined) return { until: head, skip: 0 };
  const [until = '', skip = ''] = after.split('.');
  if (head !== null && (await repository.isAncestor(until, head))) return { until, skip: Number(skip) };
  throw new ClaworcError('stale', 'Main was rewritten since that page was read; load the history anew.', {
    field: 'after',
  });
}
