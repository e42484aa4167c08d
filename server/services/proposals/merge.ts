import type { Proposal, ProposalChoice } from '../../http/schemas/proposals.ts';
import { formatMessage } from '../../git/message.ts';
import { troubleOf } from '../../git/remote/errors.ts';
import type { Snapshot } from '../../git/read/snapshots.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { isoSeconds } from '../../lib/clock.ts';
import type { ProposalRow } from '../../store/proposals.ts';
import type { AppContext } from '../app-context.ts';
import { mergeAtForge, pullFor } from './at-forge.ts';
import { moveProposal } from './move-proposal.ts';
import { note } from './note.ts';
import { assertApproved } from './owner-approvals.ts';
import { prepareProposal } from './prepare-proposal.ts';
import { proposalTrailer } from './proposal-trailer.ts';
import { describe, rowOf } from './read.ts';
import { settleBy } from './settle-by.ts';

type Main = Snapshot & { readonly commit: string };

/** Tries of one request against somebody who pushes all the time. */
const MOST_TRIES = 10;

/**
 * Puts a proposal on main, as one commit that joins both histories; one that has a pull request is merged by the forge. One that main has already is the answer as it is.
 * Throws `conflict` for one that is closed or empty, that main changed the same fields as, or that would leave main broken.
 */
export async function mergeProposal(context: AppContext, number: number): Promise<Proposal> {
  const first = rowOf(context, number);
  const elsewhere = first.state === 'open' ? pullFor(context, first) : undefined;
  if (elsewhere !== undefined) return mergeAtForge(context, first, elsewhere);
  for (let tries = 1; rowOf(context, number).state !== 'merged'; tries += 1) {
    const isDone = await context.publisher.inTurn((main) => tryMerge(context, number, main));
    // The next turn brings the database to what main is now, and finds the branch in it.
    await context.publisher.inTurn(() => Promise.resolve());
    if (!isDone && tries === MOST_TRIES) {
      throw new ClaworcError('conflict', 'Main moved again and again meanwhile; try again.', { retryable: true });
    }
  }
  return describe(context, rowOf(context, number));
}

/** False when main moved meanwhile. */
async function tryMerge(context: AppContext, number: number, main: Main): Promise<boolean> {
  const { repository, author, clock, failpoint } = context;
  const row = rowOf(context, number);
  if (row.state === 'merged') return true;
  const { head, prepared, rules } = await prepareProposal(context, row, main);
  if (context.forge !== null) assertApproved(row, rules, head);
  failpoint('merge-prepared');
  const message = formatMessage(`Merge proposal ${number}: ${row.title}`, [], proposalTrailer(row));
  const request = {
    parent: main.commit,
    joins: head,
    changes: prepared.state === 'ready' ? prepared.changes : new Map<string, null>(),
    author,
    at: isoSeconds(clock),
    message,
  };
  const written = await repository.commit(request).catch((error: unknown) => {
    throw refusedByRemote(error, row);
  });
  failpoint('merge-on-main');
  if (written.ok) note(context, number, 'merge', `Merge proposal ${number}: ${row.title}`);
  return written.ok;
}

/** Only main is refused: the branch is there, and can be merged there. */
function refusedByRemote(error: unknown, { number, branch }: ProposalRow): unknown {
  if (!(error instanceof ClaworcError) || !['protected', 'may_not_push', 'hook'].includes(troubleOf(error) ?? '')) {
    return error;
  }
  return new ClaworcError(
    'conflict',
    `Proposal ${number} can't be put on main from here: ${error.message}. Merge the branch ${branch} over there, where main takes it; that is noticed here.`,
    { cause: error },
  );
}

/**
 * Brings a proposal up to main as it is now, with what a person decided where both changed the same: a commit on its
 * branch. Throws `conflict` while something is undecided, `stale` when somebody pushed to the branch meanwhile.
 */
export async function updateProposal(
  context: AppContext,
  number: number,
  choices: readonly ProposalChoice[],
): Promise<Proposal> {
  await context.publisher.inTurn(async (main) => {
    const row = rowOf(context, number);
    const { repository, author, clock } = context;
    const { head, prepared } = await prepareProposal(context, row, main, settleBy(choices));
    if (prepared.state === 'nothing') return;
    const subject = `Bring proposal ${number} up to main`;
    const message = formatMessage(subject, [], proposalTrailer(row));
    // Main comes first, so that what the commit leaves alone is as main has it.
    const commit = await repository.writeCommit({
      parent: main.commit,
      joins: head,
      changes: prepared.changes,
      author,
      at: isoSeconds(clock),
      message,
    });
    await moveProposal(context, row, { from: head, to: commit, act: 'update', subject });
  });
  return describe(context, rowOf(context, number));
}
