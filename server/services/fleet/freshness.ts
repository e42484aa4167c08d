import { FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import type { Observed } from '../../reconcile/status/observed.ts';
import type { Publisher } from '../publish/publisher.ts';

/** Whether what the cluster says of a unit is about its newest commit. */
export interface Freshness {
  /** False while the unit was changed by a commit that came after `liveCommit`. */
  isCurrent(unit: string, liveCommit: string | null): boolean;
  /** Units that newer commits changed than what is observed of them is about; none before the cluster was told of any. */
  changedSince(observed: Pick<Observed, 'commit' | 'isAbout'>): readonly string[];
  /** Rises with every answer of `isCurrent` that may be another one now. */
  changes(): number;
  stop(): void;
}

/**
 * The reconciler learns of a commit a moment after its author did; until then its last word ("applied") is about the
 * commit before. Commits are numbered as they come in; one from before this process started has no number.
 */
export function createFreshness(publisher: Pick<Publisher, 'on'>): Freshness {
  const numbers = new Map<string, number>();
  const changed = new Map<string, number>();
  /** The same, without what the cluster has caught up with; what changed last stands last. */
  const recent = new Map<string, number>();
  let changes = 0;
  const numberOf = (commit: string): number => {
    changes += 1;
    const number = numbers.get(commit) ?? numbers.size + 1;
    numbers.set(commit, number);
    return number;
  };
  const note = ({ commit, units }: { readonly commit: string; readonly units: readonly string[] }): void => {
    const number = numberOf(commit);
    for (const unit of units) {
      changed.set(unit, number);
      recent.delete(unit);
      recent.set(unit, number);
    }
  };
  const stops = [
    publisher.on('published', note),
    publisher.on('imported', note),
    // A follow-up with nothing but renderings is told by the head alone.
    publisher.on('state', ({ head }) => {
      if (head !== null) numberOf(head);
    }),
  ];
  return {
    isCurrent: (unit, liveCommit) => {
      const last = Math.max(changed.get(unit) ?? 0, changed.get(FLEET_UNIT) ?? 0);
      return last === 0 || (liveCommit !== null && (numbers.get(liveCommit) ?? 0) >= last);
    },
    changedSince: (observed) => {
      const commit = observed.commit();
      if (commit === null) return [];
      const reached = numbers.get(commit) ?? 0;
      for (const [unit, number] of recent) {
        const about = observed.isAbout(unit);
        if (number <= reached && (about === null || number <= (numbers.get(about) ?? 0))) recent.delete(unit);
      }
      return [...recent.keys()];
    },
    changes: () => changes,
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}
