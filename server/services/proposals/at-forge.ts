import { forgeTroubleOf } from '../../forge/errors.ts';
import type { MergeMethod } from '../../forge/forge.ts';
import type { Proposal } from '../../http/schemas/proposals.ts';
import { isoSeconds } from '../../lib/clock.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { unitOf } from '../../store/edit.ts';
import { listEditsOf } from '../../store/outbox.ts';
import { getProposal, putProposalForge, type ProposalRow } from '../../store/proposals.ts';
import type { AppContext } from '../app-context.ts';
import { branchRef, isOwnBranch } from './branch-names.ts';
import { mergeRow } from './end-proposal.ts';
import type { ForgeLine } from './forge-line.ts';
import { squashMessage } from './forge-text.ts';
import { note } from './note.ts';
import { assertApproved } from './owner-approvals.ts';
import { prepareProposal } from './prepare-proposal.ts';
import { describe, rowOf } from './read.ts';
import { teamMembers } from './team-members.ts';

/** A merge commit keeps the commits of the edits as they are; the other ways are for repositories that allow no other. */
const WAYS: readonly MergeMethod[] = ['merge', 'squash', 'rebase'];
/** What a forge says of a way that the repository does not allow, where its settings didn't tell. */
const NO_SUCH_WAY = /not allowed|not enabled|not permitted|disabled|not supported/i;

/** The pull request of a proposal, where there is a forge; undefined where there is none. Throws `conflict` while it is still to be opened. */
export function pullFor(
  { forge, store }: Pick<AppContext, 'forge' | 'store'>,
  row: ProposalRow,
): { readonly line: ForgeLine; readonly pull: number } | undefined {
  if (forge === null) return undefined;
  if (row.forge !== null) return { line: forge, pull: row.forge.number };
  if (listEditsOf(store.reader, row.number).length === 0) return undefined;
  const why = forge.troubleOf(row.number) || forge.trouble() || 'It is about to be.';
  throw new ClaworcError(
    'conflict',
    `The pull request of proposal ${row.number} is not open at ${forge.title} yet, so it can't be merged there: ${why}`,
    { retryable: true },
  );
}

/**
 * Merges the pull request of a proposal at the forge, by what was looked at here. Throws `conflict` where it can't be merged
 * here or the forge says no, `stale` where its branch moved. The answer may still be open, while main is on its way here.
 */
export async function mergeAtForge(
  context: AppContext,
  row: ProposalRow,
  { line, pull }: { readonly line: ForgeLine; readonly pull: number },
): Promise<Proposal> {
  const { publisher, store, failpoint } = context;
  const { head, rules } = await publisher.inTurn((main) => prepareProposal(context, row, main));
  // What was heard of reviews may be a minute old.
  if (rules.length > 0) {
    const there = await line.forge.read(pull);
    assertApproved(row, rules, head, { ...there, members: await teamMembers(line.forge, rules, head, there) });
  }
  const edits = listEditsOf(store.reader, row.number).map(({ id }) => id);
  failpoint('forge-merge-prepared');
  await merge(line, row, { pull, head, message: squashMessage(row, pull, edits) });
  failpoint('merged-at-forge');
  note(
    context,
    row.number,
    'merge',
    `Merge proposal ${row.number} as pull request ${pull} of ${line.title}: ${row.title}`,
  );
  failpoint('forge-merge-noted');
  line.wake();
  publisher.pull();
  await untilMerged(context, row.number);
  return describe(context, rowOf(context, row.number));
}

async function merge(
  { forge, title }: ForgeLine,
  { number, branch }: ProposalRow,
  { pull, head, message }: { readonly pull: number; readonly head: string; readonly message: string },
): Promise<void> {
  const allowed = await forge.allowedMethods();
  const ways = WAYS.filter((way) => allowed.includes(way));
  let words = 'it allows no way to merge';
  for (const method of ways) {
    const result = await forge.merge(pull, { method, commit: head, message });
    if (result.outcome === 'merged') return;
    if (result.outcome === 'moved') {
      throw new ClaworcError('stale', `Somebody pushed to ${branch} meanwhile (${result.words}); look again.`);
    }
    words = result.words;
    if (!NO_SUCH_WAY.test(words)) break;
  }
  throw new ClaworcError('conflict', `${title} does not merge pull request ${pull} of proposal ${number}: ${words}.`);
}

/** Until main, with the merge, is here; no longer than a write waits. */
async function untilMerged({ publisher, store, writeTimeoutMs }: AppContext, number: number): Promise<void> {
  const isOver = (): boolean => getProposal(store.reader, number)?.state !== 'open';
  if (isOver()) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const timer = setTimeout(end, writeTimeoutMs);
    const stop = publisher.on('proposal', () => {
      if (isOver()) end();
    });
  });
}

/** The forge merged it: so it is here as soon as main has that commit, whatever somebody made of it over there. */
export async function noteMergedThere(
  context: Pick<AppContext, 'publisher' | 'repository' | 'store' | 'clock' | 'log' | 'failpoint'>,
  { number }: ProposalRow,
  mergedAs: string | null,
): Promise<void> {
  const { publisher, repository, store, clock, log, failpoint } = context;
  publisher.pull();
  if (mergedAs === null) return;
  const noteIt = async (main: { readonly commit: string }): Promise<void> => {
    const row = getProposal(store.reader, number);
    if (row?.state !== 'open' || !(await repository.isAncestor(mergedAs, main.commit))) return;
    mergeRow(store, row, isoSeconds(clock), mergedAs);
    failpoint('merge-there-noted');
    publisher.touchProposal(
      number,
      listEditsOf(store.reader, number).flatMap(({ changes }) => changes.map(unitOf)),
    );
    if (!isOwnBranch(row.branch) || row.head === null) return;
    await repository.moveRefs([{ ref: branchRef(row.branch), from: row.head, to: null }]);
    failpoint('branch-merged-there-removed');
  };
  // Without main nothing is noted; the next look at the forge tells it again.
  await publisher.inTurn(noteIt).catch((error: unknown) => {
    log.debug('A merge at the forge can not be noted yet', { proposal: number, error: String(error) });
  });
}

/** Opens the pull request again; where the forge doesn't, the proposal gets another one. */
export async function reopenAtForge(context: AppContext, row: ProposalRow): Promise<void> {
  const { forge, store, failpoint } = context;
  if (forge === null || row.forge === null) return;
  try {
    await forge.forge.reopen(row.forge.number);
    failpoint('reopened-at-forge');
  } catch (error) {
    if (forgeTroubleOf(error) !== 'refused' && forgeTroubleOf(error) !== 'conflict') throw error;
    store.transact((tx) => putProposalForge(tx, row.number, null));
  }
}
