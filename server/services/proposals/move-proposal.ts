import { ClaworcError } from '../../lib/errors.ts';
import { putProposalHead, type ProposalRow } from '../../store/proposals.ts';
import type { AppContext } from '../app-context.ts';
import { branchRef } from './branch-names.ts';
import { note } from './note.ts';

export interface ProposalMove {
  readonly from: string;
  readonly to: string;
  /** What a person did: the action and the words of its note. */
  readonly act: string;
  readonly subject: string;
  readonly units?: string[];
}

/** Moves the branch of a proposal to a commit that a person asked for. Throws `stale` when somebody pushed there meanwhile. */
export async function moveProposal(
  context: AppContext,
  { number, branch }: ProposalRow,
  { from, to, act, subject, units }: ProposalMove,
): Promise<void> {
  const { store, repository, publisher, failpoint } = context;
  failpoint('update-written');
  if (!(await repository.moveRefs([{ ref: branchRef(branch), from, to }]))) {
    publisher.pull();
    throw new ClaworcError('stale', `Somebody pushed to ${branch} meanwhile; look again.`);
  }
  failpoint('update-moved');
  store.transact((tx) => putProposalHead(tx, number, to));
  failpoint('update-noted');
  note(context, number, act, subject, units);
}
