import type { Proposal, ProposalRequest } from '../../http/schemas/proposals.ts';
import { oneLine } from '../../git/message.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { EditChoices } from '../../store/edit.ts';
import { addProposal, getProposal } from '../../store/proposals.ts';
import type { AppContext, WriteTarget } from '../app-context.ts';
import { newProposal } from './new-proposal.ts';
import { note } from './note.ts';
import { describe, rowOf } from './read.ts';

/** Opens a proposal that is empty so far: its branch begins with its first edit. Throws `invalid` without a title. */
export async function openProposal(context: AppContext, { title, description }: ProposalRequest): Promise<Proposal> {
  const { store, failpoint } = context;
  const opening = await newProposal(context, { title, description });
  const number = store.transact((tx) => addProposal(tx, opening(tx)));
  failpoint('proposal-opened');
  note(context, number, 'propose', `Open proposal ${number}: ${oneLine(title)}`);
  return describe(context, rowOf(context, number));
}

/**
 * Where a write goes: to main, to an open proposal, or to one that it opens under a title. Throws `not_found`, `invalid` where
 * both are named, and `conflict` for a proposal that is not open.
 */
export function checkedTarget(
  { store }: Pick<AppContext, 'store'>,
  {
    proposal: number,
    title,
    choices,
  }: { readonly proposal: number | undefined; readonly title: string | undefined; readonly choices: EditChoices },
): WriteTarget {
  const isDecided = (choices.mine ?? []).length + (choices.theirs ?? []).length > 0;
  const decided = isDecided ? { choices } : {};
  if (number === undefined) return title === undefined ? decided : { proposal: { title }, ...decided };
  if (title !== undefined) {
    const words = 'A write goes to the proposal that `proposal` names or opens the one that `propose` names, not both.';
    throw new ClaworcError('invalid', words, { field: 'propose' });
  }
  const row = getProposal(store.reader, number);
  if (row === undefined) throw new ClaworcError('not_found', `There is no proposal ${number}.`, { field: 'proposal' });
  if (row.state !== 'open') {
    throw new ClaworcError('conflict', `Proposal ${number} is ${row.state}: open another one.`, { field: 'proposal' });
  }
  return { proposal: row.number, ...decided };
}
