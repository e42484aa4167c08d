import { branchName } from '../../git/refs/branch.ts';
import { EDIT_TRAILER } from '../../git/message.ts';
import type { OwnRef } from '../../git/refs/ref.ts';
import type { Snapshot } from '../../git/read/snapshots.ts';
import { isoSeconds } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import { unitOf } from '../../store/edit.ts';
import { firstEditToPropose, listEditsOf, takeOffBranch } from '../../store/outbox.ts';
import {
  addProposal,
  findProposalOf,
  getProposal,
  listOpenProposals,
  putHeldInProposal,
  putProposalHead,
  putProposalTrouble,
  type ProposalRow,
} from '../../store/proposals.ts';
import { branchRef, isOwnBranch } from './branch-names.ts';
import { closeRow, mergeRow } from './end-proposal.ts';
import { heldIn } from './held.ts';
import { createMergeTest, type MovedMain } from './is-merged.ts';
import { keepNotes } from './keep-notes.ts';
import type { ProposalLineDeps } from './proposal-line-deps.ts';
import { proposalNamedIn } from './proposal-trailer.ts';
import { createProposer } from './propose-edit.ts';

type Main = MovedMain['main'];

/** What the one writer of this process does about branches other than main. */
export interface ProposalLine {
  /**
   * Puts waiting edits on the branches of their proposals, and brings the table up to the branches that are there. Starts
   * no process where neither main nor a branch moved. Never moves main, and never throws. True where more branches wait to
   * be met: edits of main come first.
   */
  follow(main: Snapshot, signal: AbortSignal): Promise<boolean>;
}

/** While so many are open no further branch becomes one: a repository that uses branches for something else stays usable. */
const MOST_OPEN = 500;
/** Branches that become proposals before an edit of main has its turn again. */
const AT_ONCE = 10;
/** How often a branch that somebody moved is asked for at once. */
const MOST_HASTE = 5;

export function createProposalLine(deps: ProposalLineDeps): ProposalLine {
  const { store, repository, log, clock, failpoint, onChange, onSettled, onOutrun } = deps;
  const proposer = createProposer(deps);
  const mergeTest = createMergeTest(deps);
  let seen = '';
  let known: { readonly mark: string; readonly branches: ReadonlyMap<OwnRef, string> } | undefined;
  let lastMain: string | null = null;
  /** Heads of branches that main has, and of those that can't be looked at. */
  const onMain = new Set<string>();
  const unreadable = new Set<string>();
  /** Edits whose branch was elsewhere, and how often. */
  const outrun = new Map<string, number>();

  const unitsOf = (number: number): string[] =>
    listEditsOf(store.reader, number).flatMap(({ changes }) => changes.map(unitOf));

  const putTrouble = (number: number, trouble: string): void => {
    if (store.transact((tx) => putProposalTrouble(tx, number, trouble))) onChange(number, []);
  };

  const proposeAll = async (main: Main, signal: AbortSignal): Promise<void> => {
    const troubled: string[] = [];
    while (!signal.aborted) {
      const edit = firstEditToPropose(store.reader, troubled);
      if (edit === undefined) return;
      const row = getProposal(store.reader, edit.proposal ?? 0);
      if (row?.state !== 'open') {
        proposer.fail(edit, `Proposal ${edit.proposal} is ${row?.state ?? 'gone'}.`);
        continue;
      }
      try {
        const isSettled = await proposer.propose(edit, row, main);
        putTrouble(row.number, '');
        if (isSettled) outrun.delete(edit.id);
        else {
          troubled.push(edit.id);
          const times = (outrun.get(edit.id) ?? 0) + 1;
          outrun.set(edit.id, times);
          // A branch that is lost again and again is waited for as long as any other.
          if (times <= MOST_HASTE) onOutrun();
        }
      } catch (error) {
        log.warn('An edit could not be proposed yet', { edit: edit.id, error: messageOf(error) });
        putTrouble(row.number, messageOf(error));
        troubled.push(edit.id);
      }
    }
  };

  const moveRow = async (row: ProposalRow, head: string, main: Main): Promise<void> => {
    const { number, branch } = row;
    const edits = listEditsOf(store.reader, number);
    const held = await heldIn(repository, main.commit, head, new Set(edits.map(({ id }) => id)));
    const lost =
      row.head === null || (await repository.isAncestor(row.head, head)) ? [] : await lostAt(row, head, main);
    store.transact((tx) => {
      putProposalHead(tx, number, head);
      putHeldInProposal(tx, number, held);
      const detail = `Somebody rewrote the branch ${branch} without this. Save it again, or discard it.`;
      for (const id of lost) takeOffBranch(tx, id, isoSeconds(clock), detail);
    });
    failpoint('branch-followed');
    lost.forEach(onSettled);
    onChange(number, lost.length > 0 ? unitsOf(number) : []);
  };

  /** Edits that were on a branch before somebody rewrote it, and are no more. */
  const lostAt = async ({ number }: ProposalRow, head: string, main: Main): Promise<string[]> => {
    const commits = await repository.log({ since: main.commit, until: head });
    const there = new Set(commits.map(({ trailers }) => trailers[EDIT_TRAILER]));
    const edits = listEditsOf(store.reader, number).filter(({ state }) => state === 'proposed');
    return edits.map(({ id }) => id).filter((id) => !there.has(id));
  };

  const removeBranch = async (branch: string, head: string): Promise<void> => {
    await repository.moveRefs([{ ref: branchRef(branch), from: head, to: null }]).catch((error: unknown) => {
      log.warn('The branch of a merged proposal could not be removed', { branch, error: messageOf(error) });
    });
  };

  const followRow = async (row: ProposalRow, head: string | undefined, moved: MovedMain): Promise<void> => {
    const { number } = row;
    const { main } = moved;
    const before = row.head;
    const last = head ?? before;
    if (last === null) return;
    if (before === null && (await proposer.evade(row, main.commit, last))) {
      onChange(number, []);
      return;
    }
    if (await mergeTest.isMerged(row, last, moved)) {
      mergeRow(store, row, isoSeconds(clock), main.commit);
      failpoint('merge-noted');
      if (head !== undefined && isOwnBranch(row.branch)) await removeBranch(row.branch, head);
      failpoint('merged-branch-removed');
      onChange(number, unitsOf(number));
      return;
    }
    if (head === undefined) {
      const detail = `The branch ${row.branch} was deleted, and with it proposal ${number}. Save this again, or discard it.`;
      closeRow(store, number, isoSeconds(clock), { state: 'failed', detail });
      failpoint('lost-branch-noted');
      onChange(number, unitsOf(number));
      return;
    }
    if (head !== row.held.head) await moveRow(row, head, main);
    else if (main.commit !== lastMain) onChange(number, []);
  };

  /** A branch that somebody pushed. */
  const meet = async (branch: string, head: string, main: Main): Promise<void> => {
    const known = findProposalOf(store.reader, branch);
    if (known?.state === 'merged' && known.head === head) {
      // The process that noted the merge was killed before it took the branch away.
      await removeBranch(branch, head);
      return;
    }
    if (await repository.isAncestor(head, main.commit)) {
      onMain.add(head);
      return;
    }
    const commits = await repository.log({ since: main.commit, until: head });
    const first = commits.at(-1);
    if (first === undefined) return;
    const told = commits.map(proposalNamedIn).find((named) => named?.branch === branch);
    const held = await heldIn(repository, main.commit, head, new Set());
    const number = store.transact((tx) => {
      const opened = {
        title: first.subject.slice(0, 200) || branch,
        description: first.message.slice(first.subject.length).trim().slice(0, 10_000),
        branch,
        author: first.author.name,
        openedAt: isoSeconds(clock),
        head,
        number: told?.number,
      };
      const added = addProposal(tx, opened);
      putHeldInProposal(tx, added, held);
      return added;
    });
    failpoint('branch-met');
    log.info('Branch is a proposal', { branch, proposal: number });
    onChange(number, []);
  };

  const isNew = (ref: OwnRef, head: string): boolean => {
    if (onMain.has(head) || unreadable.has(head)) return false;
    const known = findProposalOf(store.reader, branchName(ref));
    if (known?.head === head) return known.state === 'merged' && isOwnBranch(known.branch);
    return known?.state !== 'closed';
  };

  const keep = (): Promise<boolean> =>
    keepNotes(deps).catch((error: unknown) => {
      log.warn('What git keeps of proposals could not be written', { error: messageOf(error) });
      return false;
    });

  const followRows = async (branches: ReadonlyMap<OwnRef, string>, main: Main): Promise<boolean> => {
    const open = listOpenProposals(store.reader);
    const step =
      lastMain === null || open.length === 0 ? undefined : new Set(await repository.diffCommits(lastMain, main.commit));
    let failures = 0;
    for (const row of open) {
      try {
        await followRow(row, branches.get(branchRef(row.branch)), { main, step });
      } catch (error) {
        // One that can't be followed keeps no other from it, and is tried again.
        failures += 1;
        log.warn('A proposal could not be brought up to its branch', {
          branch: row.branch,
          error: messageOf(error),
        });
      }
    }
    mergeTest.keep(new Set(open.map(({ head }) => head ?? '')));
    return failures === 0;
  };

  const meetSome = async (branches: ReadonlyMap<OwnRef, string>, main: Main): Promise<boolean> => {
    const heads = new Set(branches.values());
    for (const known of [onMain, unreadable]) for (const head of known) if (!heads.has(head)) known.delete(head);
    const open = listOpenProposals(store.reader);
    const taken = new Set([repository.mainRef, ...open.map(({ branch }) => branchRef(branch) as string)]);
    // Thousands of branches that main has take no place from one that it has not.
    const fresh = [...branches].filter(([ref, head]) => !taken.has(ref) && isNew(ref, head));
    const met = fresh.slice(0, Math.min(AT_ONCE, Math.max(0, MOST_OPEN - open.length)));
    for (const [ref, head] of met) {
      try {
        await meet(branchName(ref), head, main);
      } catch (error) {
        unreadable.add(head);
        log.warn('A branch can not be looked at', { branch: branchName(ref), error: messageOf(error) });
      }
    }
    return met.length > 0 && fresh.length > met.length;
  };

  const followBranches = async (main: Main): Promise<boolean> => {
    const mark = await repository.branchesMark();
    const now = `${main.commit} ${mark}`;
    if (mark !== null && now === seen) return false;
    // As most edits move main alone; where main itself is in this map is not asked.
    const branches = mark !== null && mark === known?.mark ? known.branches : await repository.branches();
    known = mark === null ? undefined : { mark, branches };
    const isWhole = await followRows(branches, main);
    if (lastMain !== null && onMain.size > 0 && !(await repository.isAncestor(lastMain, main.commit))) onMain.clear();
    // Without it every step counts for those that are to be tried again.
    lastMain = isWhole ? main.commit : null;
    const hasMore = await meetSome(branches, main);
    if (isWhole && !hasMore) seen = now;
    return hasMore;
  };

  return {
    follow: async (main, signal) => {
      const { commit } = main;
      if (commit === null) return false;
      const there = { ...main, commit };
      await proposeAll(there, signal);
      const hasMore = await followBranches(there).catch((error: unknown) => {
        log.warn('Proposals could not be brought up to their branches', { error: messageOf(error) });
        return false;
      });
      return (await keep()) || hasMore;
    },
  };
}
