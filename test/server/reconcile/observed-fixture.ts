import { createObservedStore, type ObservedSources } from '../../../server/reconcile/status/observed-store.ts';
import type { Observed, ObservedUnit } from '../../../server/reconcile/status/observed.ts';
import type { ClusterLoop } from '../../../server/services/open-app-context.ts';

/** What is observed of a cluster that answers and has nothing; whoever tests says what is in it. */
export function observedOf(sources: Partial<ObservedSources> = {}) {
  return createObservedStore({
    connection: () => ({
      state: 'connected',
      context: 'lab',
      server: null,
      identity: null,
      detail: '',
      lastSeen: null,
    }),
    commit: () => null,
    namespace: () => 'claworc',
    standing: () => [],
    retained: () => [],
    removals: () => null,
    rollout: () => null,
    rewind: () => null,
    ...sources,
  });
}

/** A bot that runs and of which nothing else is to tell. */
export function observedUnit(unit: string, changes: Partial<ObservedUnit> = {}): ObservedUnit {
  return {
    unit,
    status: 'running',
    statusReason: '',
    rule: '',
    seen: '',
    next: '',
    repair: 'none',
    command: null,
    since: null,
    changesAt: null,
    leaving: null,
    held: null,
    lostMarks: [],
    isWithheld: false,
    suspension: null,
    heldBack: null,
    fights: [],
    wish: 'running',
    commit: null,
    sync: 'published',
    syncSince: null,
    reason: '',
    syncNext: '',
    objects: [],
    warnings: [],
    appliedAt: null,
    healthyAt: null,
    events: [],
    ...changes,
  };
}

/** The way to a cluster that is nothing but what was observed of it: for servers whose rows are looked at. */
export function connectObserved(observed: Observed): () => Promise<ClusterLoop> {
  return () =>
    Promise.resolve({
      observed,
      figures: null,
      connection: null,
      api: null,
      inCluster: false,
      accept: () => undefined,
      goOn: () => undefined,
      approveRemovals: () => Promise.resolve(),
      steerRollout: () => Promise.resolve(),
      acceptRewind: () => Promise.resolve(),
      reconcileNow: () => undefined,
      run: () => Promise.resolve(),
    });
}
