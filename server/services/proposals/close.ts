import type { Proposal } from '../../http/schemas/proposals.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { isoSeconds } from '../../lib/clock.ts';
import { unitOf } from '../../store/edit.ts';
import { listEditsOf, reviveProposedEdits } from '../../store/outbox.ts';
import { reopenProposal as reopenRow } from '../../store/proposals.ts';
import type { AppContext } from '../app-context.ts';
import { reopenAtForge } from './at-forge.ts';
import { closeRow } from './end-proposal.ts';
import { note } from './note.ts';
import { describe, rowOf } from './read.ts';

/**
 * Closes an open proposal, at the forge first; its branch stays. Its edits are kept as drafts that wait for a person, or given up. Throws
 * `conflict` for one that is not open.
 */
export async function closeProposal(context: AppContext, number: number, edits: 'keep' | 'discard'): Promise<Proposal> {
  const { store, clock, failpoint } = context;
  const row = rowOf(context, number);
  if (row.state !== 'open') throw new ClaworcError('conflict', `Proposal ${number} is ${row.state} already.`);
  if (row.forge !== null && context.forge !== null) {
    await context.forge.forge.close(row.forge.number);
    failpoint('closed-at-forge');
  }
  const detail = `Proposal ${number} was closed. Save this again, discard it, or open the proposal again.`;
  const units = unitsOf(context, number);
  closeRow(store, number, isoSeconds(clock), edits === 'keep' ? { state: 'failed', detail } : { state: 'discarded' });
  failpoint('proposal-closed');
  note(context, number, 'close', `Close proposal ${number}: ${row.title}`, units);
  return describe(context, rowOf(context, number));
}

/** Opens a closed proposal again, with the edits that were kept. Throws `conflict` for one that is not closed. */
export async function reopenProposal(context: AppContext, number: number): Promise<Proposal> {
  const { store, failpoint } = context;
  const row = rowOf(context, number);
  if (row.state === 'closed') await reopenAtForge(context, row);
  const isOpen = store.transact((tx) => {
    // The look at the forge may have been faster.
    if (!reopenRow(tx, number)) return row.state === 'closed' && rowOf(context, number).state === 'open';
    reviveProposedEdits(tx, number);
    return true;
  });
  if (!isOpen) throw new ClaworcError('conflict', `Proposal ${number} is ${row.state}.`);
  failpoint('proposal-reopened');
  note(context, number, 'reopen', `Open proposal ${number} again: ${row.title}`, unitsOf(context, number));
  // Its edits are found on its branch, or go there.
  await context.publisher.inTurn(() => Promise.resolve());
  return describe(context, rowOf(context, number));
}

function unitsOf({ store }: Pick<AppContext, 'store'>, number: number): string[] {
  return listEditsOf(store.reader, number).flatMap(({ changes }) => changes.map(unitOf));
}
