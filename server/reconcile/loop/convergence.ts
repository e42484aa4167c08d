import type { Observed } from '../status/observed.ts';
import type { LoopListener } from './loop-metrics.ts';

/** Notices when the cluster has come to a commit: nothing that the commit changed, or that was left over, is not applied. */
export interface Convergence {
  /** Main is at a commit now, which changes these units. */
  follow(commit: string, changed: Iterable<string>): void;
  /** Nothing is under way: costs what the commits that are not reached yet have changed. */
  look(): void;
  /** The last commit that the cluster came to; null before one. */
  reached(): string | null;
}

export function createConvergence(
  observed: Pick<Observed, 'unit' | 'isAbout' | 'connection'>,
  listener?: LoopListener,
  now: () => number = () => performance.now(),
): Convergence {
  const left = new Set<string>();
  let followed: { readonly commit: string; readonly at: number } | undefined;
  let reached: string | null = null;

  const isThere = (unit: string, commit: string): boolean => {
    const seen = observed.unit(unit);
    return seen === undefined || (seen.sync === 'applied' && observed.isAbout(unit) === commit);
  };
  return {
    follow(commit, changed) {
      for (const unit of changed) left.add(unit);
      if (followed?.commit !== commit) followed = { commit, at: now() };
    },
    look() {
      if (followed === undefined || followed.commit === reached || observed.connection().state !== 'connected') return;
      for (const unit of left) if (isThere(unit, followed.commit)) left.delete(unit);
      if (left.size > 0) return;
      reached = followed.commit;
      listener?.converged(reached, (now() - followed.at) / 1_000);
    },
    reached: () => reached,
  };
}
