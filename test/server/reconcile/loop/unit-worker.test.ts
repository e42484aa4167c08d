import { expect, test } from 'vitest';
import { silentLog } from '../../../../server/lib/log.ts';
import { EventIndex } from '../../../../server/reconcile/live/event-index.ts';
import { LiveIndex } from '../../../../server/reconcile/live/live-index.ts';
import { NO_PORTS_ON_MAIN } from '../../../../server/reconcile/plan/port-moves.ts';
import { createUnitWorker } from '../../../../server/reconcile/loop/unit-worker.ts';
import { createObservedStore } from '../../../../server/reconcile/status/observed-store.ts';
import { container, deployment, ended, NOW, running } from '../status/status-fixture.ts';

test('a unit whose status mere time will change is looked at again at that moment', async () => {
  const index = new LiveIndex();
  const mark = { annotations: { 'claworc.dev/unit': 'bot-alpha/Deployment/bot-alpha' } };
  index.put(deployment({ metadata: { ...mark, uid: 'd', resourceVersion: '1' } }));
  const restarted = container({ restartCount: 2, lastState: ended(1, 25) });
  const labels = { labels: { app: 'bot-alpha' }, annotations: { 'claworc.dev/config-digest': 'new' } };
  index.put(running(20, [restarted], labels));
  const observed = createObservedStore({
    connection: () => ({ state: 'none', context: null, server: null, identity: null, detail: '', lastSeen: null }),
    commit: () => null,
    namespace: () => 'claworc',
    standing: () => [],
    retained: () => [],
    removals: () => null,
    rollout: () => null,
    rewind: () => null,
  });
  const asked: (readonly [string, number])[] = [];
  const worker = createUnitWorker({
    options: {
      api: null,
      source: {
        head: async () => null,
        readFiles: async () => ({ files: new Map(), refused: [] }),
        parentOf: async () => null,
        orderOf: async () => 'after',
        fileVersions: async () => ({ versions: [], isWhole: true }),
      },
      version: '0.1.0',
      log: silentLog,
      clock: { now: () => NOW },
    },
    observed,
    desiredOf: (unit) => ({ unit, state: 'held', reason: 'edited by hand' }),
    live: () => ({ index, events: new EventIndex() }),
    blocked: () => 'no cluster',
    gate: null,
    commit: () => '',
    namespace: () => 'claworc',
    applier: () => 'claworc' as const,
    portsOnMain: () => NO_PORTS_ON_MAIN,
    permit: () => ({ allowed: false, reason: '' }),
    again: (unit, ms) => asked.push([unit, ms]),
    signal: new AbortController().signal,
  });

  await worker.work('bot-alpha');

  expect(observed.unit('bot-alpha')).toMatchObject({ status: 'error', statusReason: 'Crash loop, 2 restarts' });
  expect(asked).toEqual([['bot-alpha', 10_000]]);
});
