import type { Clock } from '../../lib/clock.ts';
import { getInstance } from '../../store/instances.ts';
import { addJournal, listJournal } from '../../store/journal.ts';
import { getTombstone } from '../../store/tombstones.ts';
import type { AppContext } from '../app-context.ts';
import { evidenceOf, LOOKED_AT, newResults, type Result } from './new-results.ts';

export interface ResultKeeper {
  /** Looks at these units; one transaction, and none where nothing is new. */
  keep(units: Iterable<string>): void;
  stop(): void;
}

type Parts = Pick<AppContext, 'store' | 'cluster' | 'freshness' | 'publisher'> & { readonly clock: Clock };

/** Writes down what became of each unit in the cluster, so that its history can tell it after a restart too. */
export function createResultKeeper({ store, cluster, freshness, publisher, clock }: Parts): ResultKeeper {
  const { observed } = cluster;
  /** What was looked at of a unit last, as far as results depend on it. */
  const looked = new Map<string, string>();
  const reached = new Map<string, string>();
  const changed = new Set<string>();
  const leaving = new Set<string>();

  const note = ({ units }: { readonly units: readonly string[] }): void => {
    for (const unit of units) changed.add(unit);
  };
  const stops = [publisher.on('published', note), publisher.on('imported', note)];

  const resultsOf = (unit: string, now: string): readonly Result[] => {
    const live = observed.unit(unit);
    const about = observed.isAbout(unit) ?? observed.commit();
    if (about === null) return [];
    if (live === undefined) {
      const wasSeen = leaving.delete(unit);
      return wasSeen ? [{ at: now, unit, commit: about, event: 'gone', detail: evidenceOf(keptOf(unit)) }] : [];
    }
    if (!freshness.isCurrent(unit, about)) return [];
    const { sync, reason, commit, appliedAt, status, statusReason, wish } = live;
    const key = JSON.stringify([sync, reason, commit, appliedAt, status, statusReason, wish, live.leaving === null]);
    if (looked.get(unit) === key && !changed.has(unit)) return [];
    if (live.leaving !== null) leaving.add(unit);
    const isRemoved = getTombstone(store.reader, unit) !== undefined && getInstance(store.reader, unit) === undefined;
    const known = listJournal(store.reader, unit, LOOKED_AT);
    const rows = newResults(
      {
        live,
        about,
        reached: reached.get(unit),
        isChanged: changed.has(unit),
        isRemoved,
        wasLeaving: leaving.has(unit),
        kept: keptOf(unit),
      },
      known,
      now,
    );
    looked.set(unit, key);
    if (sync === 'applied') reached.set(unit, commit ?? about);
    if (rows.length > 0 || sync === 'applied') changed.delete(unit);
    if (rows.some(({ event }) => event === 'gone')) leaving.delete(unit);
    return rows;
  };
  const keptOf = (unit: string): readonly string[] =>
    observed.retained().find(({ instance }) => instance === unit)?.volumes ?? [];

  return {
    keep(units) {
      const now = new Date(clock.now()).toISOString();
      const rows = [...units].flatMap((unit) => resultsOf(unit, now));
      if (rows.length > 0) store.transact((tx) => rows.forEach((row) => addJournal(tx, row)));
    },
    stop() {
      for (const stop of stops) stop();
    },
  };
}
