import type { Proposal, ProposalRequest } from '../../http/schemas/proposals.ts';
import { oneLine } from '../../git/message.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { isoSeconds } from '../../lib/clock.ts';
import { addAudit } from '../../store/audit.ts';
import { addProposal, findProposalOf, getProposal } from '../../store/proposals.ts';
import type { AppContext } from '../app-context.ts';
import { branchFor, branchRef } from './branch-names.ts';
import { describe, rowOf } from './read.ts';

/** Opens a proposal that is empty so far: its branch begins with its first edit. Throws `invalid` without a title. */
export async function openProposal(context: AppContext, { title, description }: ProposalRequest): Promise<Proposal> {
  const { store, repository, clock, author, failpoint } = context;
  const words = oneLine(title);
  if (words === '') throw new ClaworcError('invalid', 'A proposal needs a title.', { field: 'title' });
  const branches = await repository.branches();
  const number = store.transact((tx) => {
    const isTaken = (branch: string): boolean =>
      branches.has(branchRef(branch)) || findProposalOf(tx, branch) !== undefined;
    const opened = { title: words, description: description ?? '', branch: branchFor(words, isTaken), head: null };
    return addProposal(tx, { ...opened, author: author.name, openedAt: isoSeconds(clock) });
  });
  failpoint('proposal-opened');
  note(context, number, 'propose', `Open proposal ${number}: ${words}`);
  return describe(context, rowOf(context, number));
}

/** The context whose writes go to a proposal. Throws `not_found`, and `conflict` for one that is not open. */
export function inProposal(context: AppContext, number: string | undefined): AppContext {
  if (number === undefined) return context;
  const row = getProposal(context.store.reader, Number(number));
  if (row === undefined) throw new ClaworcError('not_found', `There is no proposal ${number}.`, { field: 'proposal' });
  if (row.state !== 'open') {
    throw new ClaworcError('conflict', `Proposal ${number} is ${row.state}: open another one.`, { field: 'proposal' });
  }
  return { ...context, proposal: row.number };
}

/** Notes what a person did to a proposal, and tells pages. */
export function note(context: AppContext, number: number, action: string, detail: string, units: string[] = []): void {
  const { store, clock, author, publisher } = context;
  const at = new Date(clock.now()).toISOString();
  const row = { at, actor: author.name, action, subject: `proposal ${number}`, editId: null, detail };
  store.transact((tx) => addAudit(tx, row));
  publisher.touchProposal(number, units);
}
