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

/** Merges of main in a row that are looked behind. */
const MOST_JOINS = 20;

export function createMergeTest(deps: ProposalLineDeps): MergeTest {
  const { store, repository } = deps;
  const paths = new Map<string, readonly string[]>();

  /** Paths that a proposal changes, by its head: only a step of main that touches one can have brought it. */
  const changedBy = async (head: string, main: string): Promise<readonly string[]> => {
    const known = paths.get(head) ?? (await repository.diffCommits(await repository.mergeBase(main, head), head));
    paths.set(head, known);
    return known;
  };

  /**
   * The newest commit of a branch that has something of its own. One that main was merged into after it took the content has
   * nothing but that merge; of one whose edits were taken back on the branch main never had them: undefined.
   */
  const lastContent = async (head: string, main: string): Promise<string | undefined> => {
    let at: string | undefined = head;
    for (let joins = 0; at !== undefined && joins < MOST_JOINS; joins += 1) {
      if ((await changedBy(at, main)).length > 0) return at;
      const [commit] = await repository.describe([at]);
      at = undefined;
      for (const parent of commit !== undefined && commit.parents.length > 1 ? commit.parents : []) {
        if (!(await repository.isAncestor(parent, main))) at ??= parent;
      }
    }
    return undefined;
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
      // Squashed or rebased by somebody: then main has its content.
      const held = await lastContent(head, main.commit);
      if (held === undefined) return false;
      try {
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
