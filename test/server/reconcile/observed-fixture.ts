import { createObservedStore, type ObservedSources } from '../../../server/reconcile/status/observed-store.ts';
import type { ObservedUnit } from '../../../server/reconcile/status/observed.ts';

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
    wish: 'running',
    commit: null,
    sync: 'published',
    reason: '',
    objects: [],
    warnings: [],
    appliedAt: null,
    healthyAt: null,
    events: [],
    ...changes,
  };
}
