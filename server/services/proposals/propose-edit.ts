import { EDIT_TRAILER, formatMessage } from '../../git/message.ts';
import type { Snapshot } from '../../git/read/snapshots.ts';
import { isoSeconds } from '../../lib/clock.ts';
import { unitOf, type EditRow } from '../../store/edit.ts';
import { listEditsOf, proposeEdit, settleEdit } from '../../store/outbox.ts';
import { findProposalOf, putProposalBranch, putProposalHead, type ProposalRow } from '../../store/proposals.ts';
import { listUnrendered } from '../../store/unrendered.ts';
import { prepareEdit } from '../publish/prepare-edit.ts';
import { branchFor, branchRef } from './branch-names.ts';
import type { ProposalLineDeps } from './proposal-line-deps.ts';
import { proposalTrailer } from './proposal-trailer.ts';

export interface Proposer {
  /** Puts an edit on the branch of its open proposal; false when somebody pushed to the branch meanwhile. */
  propose(edit: EditRow, row: ProposalRow, main: Snapshot & { readonly commit: string }): Promise<boolean>;
  /**
   * Gives a proposal without a commit of its own another branch, where somebody else made one of that name. False where the
   * branch has an edit of it, whatever became of the note about that.
   */
  evade(row: ProposalRow, main: string, head: string): Promise<boolean>;
  /** Says that an edit can't be proposed. */
  fail(edit: EditRow, detail: string): void;
}

export function createProposer(deps: ProposalLineDeps): Proposer {
  const { store, repository, snapshots, renderings, log, clock, failpoint, onChange, onSettled } = deps;

  const fail: Proposer['fail'] = (edit, detail) => {
    store.transact((tx) => settleEdit(tx, edit.id, isoSeconds(clock), { state: 'failed', detail }));
    onSettled(edit.id);
  };

  const note = (edit: EditRow, number: number, commit: string, head: string): void => {
    store.transact((tx) => {
      proposeEdit(tx, edit.id, commit);
      putProposalHead(tx, number, head);
    });
    failpoint('proposed-edit-noted');
    onSettled(edit.id);
    onChange(number, edit.changes.map(unitOf));
  };

  /** A branch of the name was made by somebody else since the proposal was opened: it gets one of its own. */
  const rename = async (row: ProposalRow): Promise<ProposalRow> => {
    const branches = await repository.branches();
    const branch = store.transact((tx) => {
      const free = branchFor(
        row.title,
        (each) => branches.has(branchRef(each)) || findProposalOf(tx, each) !== undefined,
      );
      putProposalBranch(tx, row.number, free);
      return free;
    });
    log.info('A proposal has another branch: the name was taken', { proposal: row.number, branch });
    return { ...row, branch };
  };

  const propose: Proposer['propose'] = async (edit, row, main) => {
    const ref = branchRef(row.branch);
    const head = await repository.readRef(ref);
    if (head !== null) {
      // A process that was killed between the commit and the note about it.
      const commits = await repository.log({ since: main.commit, until: head });
      const there = commits.find(({ trailers }) => trailers[EDIT_TRAILER] === edit.id);
      if (there !== undefined) {
        note(edit, row.number, there.commit, head);
        return true;
      }
      if (row.head === null) return propose(edit, await rename(row), main);
    }
    const on = head === null ? main : await snapshots.at(head);
    const handEdited = new Set(listUnrendered(store.reader, 'hand').map(({ unit }) => unit));
    const prepared = await prepareEdit(snapshots, on, edit, handEdited, renderings);
    switch (prepared.state) {
      case 'ready': {
        const message = formatMessage(edit.message, [], {
          [EDIT_TRAILER]: edit.id,
          ...proposalTrailer(row),
        });
        const { changes } = prepared;
        const request = { parent: head ?? main.commit, changes, author: edit.author, at: edit.at, message };
        const commit = await repository.writeCommit(request);
        failpoint('proposed-commit-written');
        if (!(await repository.moveRefs([{ ref, from: head, to: commit }]))) return false;
        failpoint('proposal-moved');
        log.info('Edit proposed', { edit: edit.id, proposal: row.number, commit });
        note(edit, row.number, commit, commit);
        return true;
      }
      case 'nothing':
        if (head === null) fail(edit, 'Main has this already: there is nothing to propose.');
        else note(edit, row.number, head, head);
        return true;
      case 'conflict':
        store.transact((tx) => settleEdit(tx, edit.id, isoSeconds(clock), prepared));
        onSettled(edit.id);
        return true;
      case 'failed':
        fail(edit, prepared.detail);
        return true;
    }
  };

  const evade: Proposer['evade'] = async (row, main, head) => {
    const own = new Set(listEditsOf(store.reader, row.number).map(({ id }) => id));
    const commits = await repository.log({ since: main, until: head });
    if (commits.some(({ trailers }) => own.has(trailers[EDIT_TRAILER] ?? ''))) return false;
    await rename(row);
    return true;
  };

  return { propose, evade, fail };
}
