import { oneLine } from '../../git/message.ts';
import { isoSeconds } from '../../lib/clock.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { Reader } from '../../store/connection.ts';
import { findProposalOf, type NewProposal } from '../../store/proposals.ts';
import type { AppContext } from '../app-context.ts';
import { branchFor, branchRef } from './branch-names.ts';

/**
 * Makes a proposal with a branch of its own, in the transaction that adds it: only there no other takes the branch. Throws
 * `invalid` without a title.
 */
export async function newProposal(
  { repository, clock, author }: Pick<AppContext, 'repository' | 'clock' | 'author'>,
  { title, description = '' }: { readonly title: string; readonly description?: string | undefined },
): Promise<(read: Reader) => NewProposal> {
  const words = oneLine(title);
  if (words === '') throw new ClaworcError('invalid', 'A proposal needs a title.', { field: 'title' });
  const branches = await repository.branches();
  return (read) => {
    const isTaken = (branch: string): boolean =>
      branches.has(branchRef(branch)) || findProposalOf(read, branch) !== undefined;
    const branch = branchFor(words, isTaken);
    return { title: words, description, branch, head: null, author: author.name, openedAt: isoSeconds(clock) };
  };
}
