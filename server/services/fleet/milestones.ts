import { addJournal, listJournal, type JournalRow } from '../../store/journal.ts';
import type { AppContext } from '../app-context.ts';

type Milestone = Omit<JournalRow, 'id'>;

/** Writes down when a commit of a unit was applied, and when its bot was well again: its history shows both. */
export function createMilestones({ store, cluster }: Pick<AppContext, 'store' | 'cluster'>): {
  /** Looks at these units; one transaction, and none where nothing is new. */
  keep(units: Iterable<string>): void;
} {
  /** The commit of each unit whose milestones are all written. */
  const complete = new Map<string, string>();

  const missing = (unit: string): readonly Milestone[] => {
    const live = cluster.observed.unit(unit);
    if (live === undefined || live.commit === null || complete.get(unit) === live.commit) return [];
    const { commit } = live;
    const known = listJournal(store.reader, { unit, limit: 4 }).filter((row) => row.commit === commit);
    const reached = Object.entries({ applied: live.appliedAt, healthy: live.healthyAt });
    if (reached.every(([, at]) => at !== null)) complete.set(unit, commit);
    return reached.flatMap(([event, at]) =>
      at === null || known.some((row) => row.event === event) ? [] : [{ at, unit, commit, event, detail: '' }],
    );
  };
  return {
    keep(units) {
      const rows = [...units].flatMap(missing);
      if (rows.length > 0) store.transact((tx) => rows.forEach((row) => addJournal(tx, row)));
    },
  };
}
