import type { GitRepository } from '../../git/repository.ts';
import type { Failpoint } from '../../lib/failpoint.ts';
import type { Store } from '../../store/open-store.ts';
import { listUnnoted, noteProposal, type ProposalNote } from '../../store/proposal-notes.ts';
import type { ProposalRow } from '../../store/proposals.ts';

/** The kind of notes, each named by a number. */
export const PROPOSAL_NOTES = 'proposals';

/** Notes that are written before edits of main have their turn again. */
const AT_ONCE = 10;

/**
 * Brings what git keeps of proposals up to the database, some of it at a time; true where more is due. Starts no process
 * where nothing is.
 */
export async function keepNotes({
  store,
  repository,
  failpoint,
}: {
  readonly store: Store;
  readonly repository: Pick<GitRepository, 'notes'>;
  readonly failpoint: Failpoint;
}): Promise<boolean> {
  const due = listUnnoted(store.reader, AT_ONCE);
  for (const { row, changes } of due) {
    if (!(await repository.notes.put(PROPOSAL_NOTES, String(row.number), `${JSON.stringify(noteOf(row))}\n`)))
      return true;
    failpoint('proposal-kept');
    store.transact((tx) => noteProposal(tx, row.number, changes));
  }
  return due.length === AT_ONCE;
}

function noteOf(row: ProposalRow): ProposalNote {
  const { title, description, branch, author, state, openedAt, closedAt, head, mergedAs, held, forge } = row;
  return { title, description, branch, author, state, openedAt, closedAt, head, mergedAs, held, forge };
}
