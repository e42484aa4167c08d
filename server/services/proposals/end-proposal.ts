import type { Store } from '../../store/open-store.ts';
import { endProposedEdits, listEditsOf, publishEdit } from '../../store/outbox.ts';
import { forgetCreations } from '../publish/submit.ts';
import { endProposal, type ProposalRow } from '../../store/proposals.ts';

/** Main has it: every edit that was proposed is published, by whichever commit brought it. */
export function mergeRow(store: Store, { number }: ProposalRow, at: string, commit: string): void {
  store.transact((tx) => {
    endProposal(tx, number, at, { state: 'merged', as: commit });
    for (const edit of listEditsOf(tx, number)) if (edit.state === 'proposed') publishEdit(tx, edit.id, at, commit);
  });
}

/** Closes a proposal, and keeps its edits as drafts that go nowhere by themselves, or gives them up. */
export function closeRow(
  store: Store,
  number: number,
  at: string,
  edits: Parameters<typeof endProposedEdits>[3],
): boolean {
  return store.transact((tx) => {
    const isClosed = endProposal(tx, number, at, { state: 'closed' });
    if (!isClosed) return false;
    const given = listEditsOf(tx, number).filter(({ state }) => state !== 'published' && state !== 'discarded');
    endProposedEdits(tx, number, at, edits);
    if (edits.state === 'discarded') for (const edit of given) forgetCreations(tx, edit);
    return true;
  });
}
