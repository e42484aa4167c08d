import { unitOfPath } from '../../../constructs/repo/paths.ts';
import type { LoggedCommit } from '../../git/read/history.ts';
import type { GitRepository } from '../../git/repository.ts';
import type { Store } from '../../store/open-store.ts';
import { readProposalNote, reserveNumbers, restoreProposal, type ProposalNote } from '../../store/proposal-notes.ts';
import { branchRef } from './branch-names.ts';
import { PROPOSAL_NOTES } from './keep-notes.ts';
import { proposalNamedIn, proposalNumber } from './proposal-trailer.ts';

/**
 * Gives proposals that the database does not know the numbers that they had: by what git keeps of each, else, in a clone,
 * by the merges of main. A number that main or a branch names is never given to another.
 */
export async function restoreProposals({
  store,
  repository,
}: {
  readonly store: Store;
  readonly repository: Pick<GitRepository, 'notes' | 'branches' | 'log' | 'head' | 'describe'>;
}): Promise<void> {
  const [notes, branches, head] = await Promise.all([
    repository.notes.list(PROPOSAL_NOTES),
    repository.branches(),
    repository.head(),
  ]);
  const history = head === null ? [] : await repository.log({ until: head });
  // Theirs when they are met, and nobody's before.
  const tips = await repository.describe([...new Set(branches.values())]);
  store.transact((tx) => {
    for (const [name, text] of notes) {
      const number = proposalNumber(name);
      const note = readProposalNote(text);
      if (number === undefined) continue;
      reserveNumbers(tx, number);
      if (note === undefined) continue;
      const now = branches.get(branchRef(note.branch));
      restoreProposal(tx, number, note.state === 'open' && now !== undefined ? { ...note, head: now } : note);
    }
    for (const named of tips.map(proposalNamedIn)) if (named !== undefined) reserveNumbers(tx, named.number);
    for (const commit of history) {
      const named = proposalNamedIn(commit);
      if (named === undefined) continue;
      reserveNumbers(tx, named.number);
      const title = /^Merge proposal [0-9]+: (.*)$/.exec(commit.subject)?.[1];
      if (title !== undefined) restoreProposal(tx, named.number, mergedBy(commit, title, named.branch));
    }
  });
}

function mergedBy({ commit, at, author, files }: LoggedCommit, title: string, branch: string): ProposalNote {
  const bots = [...new Set(files.map(({ path }) => unitOfPath(path)).filter((unit) => unit !== null))].sort();
  return {
    ...{ title, description: '', branch, author: author.name, state: 'merged', openedAt: at, closedAt: at },
    ...{ head: null, mergedAs: commit, held: { head: null, bots, commits: [] }, forge: null },
  };
}
