import type { Change } from '../../http/schemas/answers.ts';
import type { ObservedUnit } from '../../reconcile/status/observed.ts';
import { listJournal } from '../../store/journal.ts';
import type { AppContext } from '../app-context.ts';
import { evidenceOf } from './new-results.ts';
import { resultsOf } from './results-of.ts';

/**
 * Adds to commits of a bot, newest first, what became of each in the cluster. `newer` is the commit before these; without
 * it the first is the newest of all, of which what lives says more than what was written down.
 */
export function withResults(
  { cluster, store, freshness }: Pick<AppContext, 'cluster' | 'store' | 'freshness'>,
  name: string,
  changes: readonly Change[],
  newer: Pick<Change, 'commit' | 'published_at'> | undefined,
): Change[] {
  const { observed } = cluster;
  const results = resultsOf(changes, listJournal(store.reader, name).reverse(), newer);
  const told = changes.map((change, index) => ({ ...change, ...results[index] }));
  const [newest, ...older] = told;
  const live = observed.unit(name);
  if (newest === undefined || newer !== undefined || live === undefined) return told;
  if (!freshness.isCurrent(name, observed.isAbout(name))) return told;
  const kept = observed.retained().find(({ instance }) => instance === name)?.volumes ?? [];
  const isLive = live.sync === 'applied';
  return [
    asItLives(newest, live, kept),
    // Main is what lives, and so it has been through what came before.
    ...older.map((change) =>
      isLive && change.state === 'published' ? { ...change, state: 'applied' as const } : change,
    ),
  ];
}

function asItLives(change: Change, live: ObservedUnit, kept: readonly string[]): Change {
  if (live.leaving !== null) {
    const state = live.leaving.isStuck ? 'failed' : 'published';
    return { ...change, state, detail: live.leaving.waitsFor, result: null, result_at: null };
  }
  if (live.sync === 'failed') return { ...change, state: 'failed', detail: live.reason };
  if (live.sync !== 'applied') return change.state === 'applied' ? change : { ...change, detail: live.reason };
  if (change.action === 'remove') {
    return {
      ...change,
      state: 'applied',
      result: 'gone',
      detail: change.result === 'gone' ? change.detail : evidenceOf(kept),
    };
  }
  if (change.state === 'applied') return change;
  // Nothing of it was written down: it was applied before, or while nobody looked.
  const known = (at: string | null): string | null =>
    at !== null && change.published_at !== null && Date.parse(at) >= Date.parse(change.published_at) ? at : null;
  const isHealthy = live.status === 'running';
  const isStopped = live.status === 'stopped' && live.wish === 'stopped';
  return {
    ...change,
    ...{ state: 'applied', detail: '', applied_at: known(live.appliedAt), applied_as: change.commit },
    healthy_at: isHealthy ? known(live.healthyAt) : null,
    result: isHealthy ? 'healthy' : isStopped ? 'stopped' : null,
    result_at: isHealthy ? known(live.healthyAt) : isStopped ? known(live.since) : null,
  };
}
