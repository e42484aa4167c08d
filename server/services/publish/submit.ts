import { ClaworcError } from '../../lib/errors.ts';
import { noFailpoint, type Failpoint } from '../../lib/failpoint.ts';
import { unitOf, type Edit } from '../../store/edit.ts';
import { getInstance, insertDraftInstance, removeInstance } from '../../store/instances.ts';
import type { Reader, Transactor } from '../../store/connection.ts';
import type { Store } from '../../store/open-store.ts';
import { addEdit, discardEdit, getEdit } from '../../store/outbox.ts';
import { addProposal, withdrawProposal, type NewProposal } from '../../store/proposals.ts';
import { addRevision } from '../../store/revisions.ts';

/**
 * Saves an edit as a draft: the outbox row, the revisions and, for a new bot, its number, in one transaction; with `opening`
 * also the new proposal that it goes to. Gives the number of its proposal, if it goes to one.
 * Throws `name_taken` for a new bot of a known name, `invalid` for an edit that changes nothing at all.
 */
export function submitEdit(
  store: Store,
  given: Edit,
  failpoint: Failpoint = noFailpoint,
  opening?: (read: Reader) => NewProposal,
): number | undefined {
  if (given.changes.length === 0) throw new ClaworcError('invalid', 'An edit without a change.', { subject: given.id });
  const proposal = store.transact((tx) => {
    const number = opening === undefined ? given.proposal : addProposal(tx, { ...opening(tx), openedWith: given.id });
    const edit = number === undefined ? given : { ...given, proposal: number };
    addEdit(tx, edit);
    for (const change of edit.changes) {
      if (change.kind === 'SealedKey') continue;
      if (change.kind === 'BotInstance' && change.base === null && change.next !== null) {
        insertDraftInstance(tx, change.name, edit.at);
      }
      addRevision(tx, {
        unit: unitOf(change),
        record: change.next,
        savedAt: edit.at,
        savedBy: edit.author.name,
        origin: { editId: edit.id },
      });
    }
    failpoint('edit-being-saved');
    return number;
  });
  failpoint('edit-saved');
  return proposal;
}

/** Takes the rows of bots away that were never more than this edit. */
export function forgetCreations(tx: Transactor, edit: Edit): void {
  for (const change of edit.changes) {
    const isCreation = change.kind === 'BotInstance' && change.base === null;
    if (isCreation && getInstance(tx, change.name)?.record === null) removeInstance(tx, change.name);
  }
}

/** Gives a draft up, and with it a bot or a proposal that was never more than this draft. False if it is no draft (any more). */
export function discardDraft(store: Store, editId: string, at: string): boolean {
  return store.transact((tx) => {
    const edit = getEdit(tx, editId);
    // What is on a branch leaves with its proposal.
    if (edit === undefined || edit.state === 'proposed' || !discardEdit(tx, editId, at)) return false;
    forgetCreations(tx, edit);
    withdrawProposal(tx, editId);
    return true;
  });
}
