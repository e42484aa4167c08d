import { EDIT_TRAILER } from '../../git/message.ts';
import type { Snapshot } from '../../git/read/snapshots.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { listEditsOf } from '../../store/outbox.ts';
import type { ProposalRow } from '../../store/proposals.ts';
import { prepareMerge } from './prepare-merge.ts';
import type { ProposalLineDeps } from './proposal-line-deps.ts';

/** Main as it is now, and the paths that its last step touched; undefined where that isn't known. */
export interface MovedMain {
  readonly main: Snapshot & { readonly commit: string };
  readonly step: ReadonlySet<string> | undefined;
}

export interface MergeTest {
  /** Whether main has what a proposal's branch had at `head`. */
  isMerged(row: ProposalRow, head: string, moved: MovedMain): Promise<boolean>;
  /** Lets go of what is known of other heads than these. */
  keep(heads: ReadonlySet<string>): void;
}

export function createMergeTest(deps: ProposalLineDeps): MergeTest {
  const { store, repository } = deps;
  const paths = new Map<string, readonly string[]>();

  /** Paths that a proposal changes, by its head: only a step of main that touches one can have brought it. */
  const changedBy = async (head: string, main: string): Promise<readonly string[]> => {
    const known = paths.get(head) ?? (await repository.diffCommits(await repository.mergeBase(main, head), head));
    paths.set(head, known);
    return known;
  };

  return {
    isMerged: async (row, head, { main, step }) => {
      if (step !== undefined && row.head === head) {
        const own = await changedBy(head, main.commit);
        if (own.length > 0 && !own.some((path) => step.has(path))) return false;
      }
      if (await repository.isAncestor(head, main.commit)) return true;
      const edits = listEditsOf(store.reader, row.number);
      const told = edits.filter(({ state }) => state === 'published').map(({ id }) => id);
      const commits = await repository.log({ since: main.commit, until: head });
      if (commits.every(({ trailers }) => told.includes(trailers[EDIT_TRAILER] ?? ''))) return true;
      // Squashed or rebased by somebody: then main has its content. What was taken back on the branch itself, main never
      // had; what main was merged into meanwhile is known by what it held before.
      const { head: before } = row;
      const isEmpty = (await changedBy(head, main.commit)).length === 0;
      const isWithin = isEmpty && before !== null && before !== head && (await repository.isAncestor(before, head));
      if (isEmpty && (!isWithin || (await changedBy(before, main.commit)).length === 0)) return false;
      try {
        const held = isWithin ? before : head;
        return (await prepareMerge(deps, main, held, new Set(), undefined)).state === 'nothing';
      } catch (error) {
        // Main is never as large, so it can't have it.
        if (error instanceof ClaworcError && error.code === 'too_large') return false;
        throw error;
      }
    },
    keep: (heads) => {
      for (const head of paths.keys()) if (!heads.has(head)) paths.delete(head);
    },
  };
}
