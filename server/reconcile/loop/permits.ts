import { isSamePermit } from '../desired/compare.ts';
import type { DesiredSource } from '../desired/desired-source.ts';
import type { DesiredState, PrunePermit } from '../desired/desired-state.ts';
import type { LiveIndex } from '../live/live-index.ts';
import { lastCommit, lineagePermit, readLineage, type Rewind } from '../plan/lineage.ts';
import { permitUnder, type NamespaceHold } from '../plan/namespace-hold.ts';

/** Whether what main wants may be removed and overwritten, decided once for each commit and whatever else it depends on. */
export interface Permits {
  readonly current: () => PrunePermit;
  /** What this commit of main is no successor of; null where it follows, or was not compared. */
  rewind(commit: string | undefined): Rewind | null;
  /** False until the cluster was compared with this commit. */
  isDecidedFor(commit: string | undefined): boolean;
  /** True when somebody recorded another commit in the cluster since removals were withheld. */
  isSettled(index: LiveIndex): boolean;
  /** `isPlaced` is false while the cluster doesn't say in which namespace the fleet lives: nothing is decided then. */
  decide(
    next: DesiredState,
    where: { readonly index: LiveIndex; readonly hold: NamespaceHold | null; readonly isPlaced: boolean },
  ): Promise<void>;
  /** Another collection of live objects is read from now on. */
  forget(): void;
}

export function createPermits(source: Pick<DesiredSource, 'orderOf'>): Permits {
  let permit: PrunePermit = { allowed: false, reason: 'the cluster has not been read yet' };
  /** The commit that it was decided for. */
  let decidedFor: string | undefined;
  let decidedUnder: NamespaceHold | null = null;
  let rewind: Rewind | null = null;
  /** The commit that the cluster ran then. */
  let decidedBeside: string | undefined;
  const isSettled = (index: LiveIndex): boolean => !permit.allowed && lastCommit(index) !== decidedBeside;

  return {
    current: () => permit,
    rewind: (commit) => (rewind?.commit === commit ? rewind : null),
    isDecidedFor: (commit) => decidedFor !== undefined && decidedFor === commit,
    isSettled: (index) => decidedFor !== undefined && isSettled(index),
    async decide(next, { index, hold, isPlaced }) {
      if (next.applier === 'external') {
        // Nothing is written, so that nothing needs to be withheld.
        if (!permit.allowed) permit = { allowed: true };
        rewind = null;
        decidedFor = next.commit;
        decidedUnder = null;
        return;
      }
      if (!isPlaced) decidedFor = undefined;
      if (!isPlaced || (decidedFor === next.commit && decidedUnder === hold && !isSettled(index))) return;
      decidedBeside = lastCommit(index);
      decidedUnder = hold;
      const lineage = await readLineage(next.commit, decidedBeside, (a, b) => source.orderOf(a, b));
      const { commit } = next;
      rewind = 'reason' in lineage ? { commit, last: lineage.last, reason: lineage.reason } : null;
      const allowed = next.complete.allowed ? lineagePermit(lineage) : next.complete;
      const decided = hold === null ? allowed : permitUnder(hold);
      if (!isSamePermit(permit, decided)) permit = decided;
      decidedFor = next.commit;
    },
    forget() {
      decidedFor = undefined;
      rewind = null;
    },
  };
}
