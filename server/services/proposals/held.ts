import { EDIT_TRAILER } from '../../git/message.ts';
import type { GitRepository } from '../../git/repository.ts';
import { unitOfPath } from '../../../constructs/repo/paths.ts';
import type { HeldInProposal } from '../../store/proposals.ts';

const MOST_COMMITS = 200;

/** What a branch has that main has not: bots (and `fleet`), and commits that are none of the edits `own`. */
export async function heldIn(
  repository: Pick<GitRepository, 'log' | 'diffCommits' | 'mergeBase'>,
  main: string,
  head: string,
  own: ReadonlySet<string>,
): Promise<HeldInProposal> {
  const base = await repository.mergeBase(main, head);
  const paths = base === null ? [] : await repository.diffCommits(base, head);
  const bots = [...new Set(paths.map(unitOfPath).filter((unit) => unit !== null))].sort();
  const commits = await repository.log({ since: main, until: head, limit: MOST_COMMITS });
  return {
    head,
    bots,
    commits: commits
      .filter(({ parents, trailers }) => parents.length < 2 && !own.has(trailers[EDIT_TRAILER] ?? ''))
      .map(({ commit, subject, author, at }) => ({ id: commit, message: subject, author: author.name, at })),
  };
}
