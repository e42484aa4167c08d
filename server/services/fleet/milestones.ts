import { addJournal, listJournal } from '../../store/journal.ts';
import type { AppContext } from '../app-context.ts';

/** Writes down when a commit of a unit was applied, and when its bot was well again: its history shows both. */
export function keepMilestones({ store, cluster }: AppContext, units: Iterable<string>): void {
  for (const unit of units) {
    const live = cluster.view.unit(unit);
    if (live === undefined || live.commit === null) continue;
    const { commit } = live;
    const known = listJournal(store.reader, { unit, limit: 4 }).filter((row) => row.commit === commit);
    const reached = { applied: live.appliedAt, healthy: live.healthyAt };
    for (const [event, at] of Object.entries(reached)) {
      if (at === null || known.some((row) => row.event === event)) continue;
      store.transact((tx) => addJournal(tx, { at, unit, commit, event, detail: '' }));
    }
  }
}
