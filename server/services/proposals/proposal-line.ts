import { branchName } from '../../git/branch.ts';
import { EDIT_TRAILER, formatMessage } from '../../git/message.ts';
import type { GitRepository } from '../../git/repository.ts';
import type { OwnRef } from '../../git/ref.ts';
import type { Snapshot, Snapshots } from '../../git/snapshots.ts';
import { isoSeconds, type Clock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Failpoint } from '../../lib/failpoint.ts';
import type { Log } from '../../lib/log.ts';
import type { Renderings } from '../../reconcile/desired/renderings.ts';
import { unitOf, type EditRow } from '../../store/edit.ts';
import type { Store } from '../../store/open-store.ts';
import { firstEditToPropose, listEditsOf, proposeEdit, settleEdit } from '../../store/outbox.ts';
import {
  addProposal,
  findProposalOf,
  getProposal,
  listOpenProposals,
  putProposalHead,
  type ProposalRow,
} from '../../store/proposals.ts';
import { listUnrendered } from '../../store/unrendered.ts';
import { prepareEdit } from '../publish/prepare-edit.ts';
import { branchRef, isOwnBranch } from './branch-names.ts';
import { closeRow, mergeRow } from './end-proposal.ts';
import { prepareMerge } from './prepare-merge.ts';

export interface ProposalLineDeps {
  readonly store: Store;
  readonly repository: GitRepository;
  readonly snapshots: Snapshots;
  readonly renderings: Renderings;
  readonly log: Log;
  readonly clock: Clock;
  readonly failpoint: Failpoint;
  /** Told of each proposal that looks different now, and of each edit that found its place. */
  readonly onChange: (number: number, units: readonly string[]) => void;
  readonly onSettled: (editId: string) => void;
}

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
const MOST_BRANCHES = 500;
/** Branches that become proposals before an edit of main has its turn again. */
const AT_ONCE = 10;

export function createProposalLine(deps: ProposalLineDeps): ProposalLine {
  const { store, repository, snapshots, renderings, log, clock, failpoint, onChange, onSettled } = deps;
  let seen = '';
  let lastMain: string | null = null;
  const paths = new Map<string, readonly string[]>();
  /** Heads of branches that main has. */
  const onMain = new Set<string>();

  const handEdited = (): Set<string> => new Set(listUnrendered(store.reader, 'hand').map(({ unit }) => unit));

  const failEdit = (edit: EditRow, detail: string): void => {
    store.transact((tx) => settleEdit(tx, edit.id, isoSeconds(clock), { state: 'failed', detail }));
    onSettled(edit.id);
  };

  /** False when somebody pushed to the branch meanwhile. */
  const propose = async (edit: EditRow, row: ProposalRow, main: Snapshot & { commit: string }): Promise<boolean> => {
    const ref = branchRef(row.branch);
    const head = await repository.readRef(ref);
    const note = (commit: string, at: string): void => {
      store.transact((tx) => {
        proposeEdit(tx, edit.id, commit);
        putProposalHead(tx, row.number, at);
      });
      failpoint('proposed-edit-noted');
      onSettled(edit.id);
      onChange(row.number, edit.changes.map(unitOf));
    };
    if (head !== null) {
      // A process that was killed between the commit and the note about it.
      const commits = await repository.log({ since: main.commit, until: head });
      const there = commits.find(({ trailers }) => trailers[EDIT_TRAILER] === edit.id);
      if (there !== undefined) {
        note(there.commit, head);
        return true;
      }
    }
    const on = head === null ? main : await snapshots.at(head);
    const prepared = await prepareEdit(snapshots, on, edit, handEdited(), renderings);
    switch (prepared.state) {
      case 'ready': {
        const message = formatMessage(edit.message, [], { [EDIT_TRAILER]: edit.id });
        const { changes } = prepared;
        const request = { parent: head ?? main.commit, changes, author: edit.author, at: edit.at, message };
        const commit = await repository.writeCommit(request);
        failpoint('proposed-commit-written');
        if (!(await repository.moveRefs([{ ref, from: head, to: commit }]))) return false;
        failpoint('proposal-moved');
        log.info('Edit proposed', { edit: edit.id, proposal: row.number, commit });
        note(commit, commit);
        return true;
      }
      case 'nothing':
        if (head === null) failEdit(edit, 'Main has this already: there is nothing to propose.');
        else note(head, head);
        return true;
      case 'conflict':
        store.transact((tx) => settleEdit(tx, edit.id, isoSeconds(clock), prepared));
        onSettled(edit.id);
        return true;
      case 'failed':
        failEdit(edit, prepared.detail);
        return true;
    }
  };

  const proposeAll = async (main: Snapshot & { commit: string }, signal: AbortSignal): Promise<void> => {
    const troubled: string[] = [];
    while (!signal.aborted) {
      const edit = firstEditToPropose(store.reader, troubled);
      if (edit === undefined) return;
      const row = getProposal(store.reader, edit.proposal ?? 0);
      if (row?.state !== 'open') {
        failEdit(edit, `Proposal ${edit.proposal} is ${row?.state ?? 'gone'}.`);
        continue;
      }
      try {
        await propose(edit, row, main);
      } catch (error) {
        log.warn('An edit could not be proposed yet', { edit: edit.id, error: messageOf(error) });
        troubled.push(edit.id);
      }
    }
  };

  /** Paths that a proposal changes, by its head: only a step of main that touches one can have brought it. */
  const changedBy = async (head: string, main: string): Promise<readonly string[]> => {
    const known = paths.get(head) ?? (await repository.diffCommits(await repository.mergeBase(main, head), head));
    paths.set(head, known);
    return known;
  };

  const isMerged = async (
    row: ProposalRow,
    head: string,
    { main, step }: { readonly main: Snapshot & { commit: string }; readonly step: ReadonlySet<string> | undefined },
  ): Promise<boolean> => {
    if (step !== undefined && row.head === head) {
      const own = await changedBy(head, main.commit);
      if (own.length > 0 && !own.some((path) => step.has(path))) return false;
    }
    if (await repository.isAncestor(head, main.commit)) return true;
    const edits = listEditsOf(store.reader, row.number);
    const told = edits.filter(({ state }) => state === 'published').map(({ id }) => id);
    const commits = await repository.log({ since: main.commit, until: head });
    if (commits.every(({ trailers }) => told.includes(trailers[EDIT_TRAILER] ?? ''))) return true;
    // Squashed or rebased by somebody: then main has its content.
    const prepared = await prepareMerge(deps, main, head, new Set(), undefined).catch(() => undefined);
    return prepared?.state === 'nothing';
  };

  const followRow = async (
    row: ProposalRow,
    head: string | undefined,
    moved: { readonly main: Snapshot & { commit: string }; readonly step: ReadonlySet<string> | undefined },
  ): Promise<void> => {
    const { number } = row;
    const { main } = moved;
    const before = row.head;
    if (head === undefined) {
      if (before === null) return;
      if (await isMerged(row, before, moved)) mergeRow(store, row, isoSeconds(clock), main.commit);
      else {
        const detail = `The branch ${row.branch} was deleted, and with it proposal ${number}. Save this again, or discard it.`;
        closeRow(store, number, isoSeconds(clock), { state: 'failed', detail });
      }
      failpoint('lost-branch-noted');
      onChange(number, unitsOf(number));
      return;
    }
    if (await isMerged(row, head, moved)) {
      mergeRow(store, row, isoSeconds(clock), main.commit);
      failpoint('merge-noted');
      if (isOwnBranch(row.branch)) await repository.moveRefs([{ ref: branchRef(row.branch), from: head, to: null }]);
      failpoint('merged-branch-removed');
      onChange(number, unitsOf(number));
      return;
    }
    if (head !== before) store.transact((tx) => putProposalHead(tx, number, head));
    failpoint('branch-followed');
    if (head !== before || main.commit !== lastMain) onChange(number, []);
  };

  const unitsOf = (number: number): string[] =>
    listEditsOf(store.reader, number).flatMap(({ changes }) => changes.map(unitOf));

  /** A branch that somebody pushed. */
  const meet = async (branch: string, head: string, main: Snapshot & { commit: string }): Promise<void> => {
    const known = findProposalOf(store.reader, branch);
    if (known?.state === 'merged' && known.head === head) {
      // The process that noted the merge was killed before it took the branch away.
      await repository.moveRefs([{ ref: branchRef(branch), from: head, to: null }]);
      return;
    }
    if (await repository.isAncestor(head, main.commit)) {
      onMain.add(head);
      return;
    }
    const first = (await repository.log({ since: main.commit, until: head })).at(-1);
    if (first === undefined) return;
    const number = store.transact((tx) =>
      addProposal(tx, {
        title: first.subject.slice(0, 200) || branch,
        description: first.message.slice(first.subject.length).trim().slice(0, 10_000),
        branch,
        author: first.author.name,
        openedAt: isoSeconds(clock),
        head,
      }),
    );
    failpoint('branch-met');
    log.info('Branch is a proposal', { branch, proposal: number });
    onChange(number, []);
  };

  const isNew = (ref: OwnRef, head: string): boolean => {
    if (onMain.has(head)) return false;
    const known = findProposalOf(store.reader, branchName(ref));
    if (known?.head === head) return known.state === 'merged' && isOwnBranch(known.branch);
    return known?.state !== 'closed';
  };

  const followBranches = async (main: Snapshot & { commit: string }): Promise<boolean> => {
    const mark = await repository.branchesMark();
    const now = `${main.commit} ${mark}`;
    if (mark !== null && now === seen) return false;
    const branches = await repository.branches();
    const open = listOpenProposals(store.reader);
    const step =
      lastMain === null || open.length === 0 ? undefined : new Set(await repository.diffCommits(lastMain, main.commit));
    for (const row of open) await followRow(row, branches.get(branchRef(row.branch)), { main, step });
    for (const head of paths.keys()) if (!open.some((row) => row.head === head)) paths.delete(head);
    if (lastMain !== null && onMain.size > 0 && !(await repository.isAncestor(lastMain, main.commit))) onMain.clear();
    lastMain = main.commit;
    const taken = new Set([repository.mainRef, ...open.map(({ branch }) => branchRef(branch) as string)]);
    const heads = new Set(branches.values());
    for (const head of onMain) if (!heads.has(head)) onMain.delete(head);
    const others = [...branches].filter(([ref]) => !taken.has(ref)).slice(0, Math.max(0, MOST_BRANCHES - open.length));
    const fresh = others.filter(([ref, head]) => isNew(ref, head));
    for (const [ref, head] of fresh.slice(0, AT_ONCE)) await meet(branchName(ref), head, main);
    if (fresh.length > AT_ONCE) return true;
    seen = now;
    return false;
  };

  return {
    follow: async (main, signal) => {
      const { commit } = main;
      if (commit === null) return false;
      const there = { ...main, commit };
      await proposeAll(there, signal);
      return followBranches(there).catch((error: unknown) => {
        log.warn('Proposals could not be brought up to their branches', { error: messageOf(error) });
        return false;
      });
    },
  };
}
