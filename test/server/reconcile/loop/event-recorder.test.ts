import { beforeEach, expect, test, vi } from 'vitest';
import type { ApplyObject, ClusterApi } from '../../../../server/cluster/api.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { createEventRecorder, type EventRecorder } from '../../../../server/reconcile/loop/event-recorder.ts';
import type { UnitEvent } from '../../../../server/reconcile/loop/unit-events.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'bot-alpha', uid: 'u1' } };
const failed = (note: string): UnitEvent => ({ type: 'Warning', reason: 'Failed', note });
const WAIT = { timeout: PATIENCE_MS };

let now: number;
let sent: string[];
let isForbidden: boolean;
let told: string[];
let recorder: EventRecorder;

/** An API server as far as events go; a real one is in events.cluster.test.ts. */
const api: Pick<ClusterApi, 'create' | 'mergePatch'> = {
  create: (_resource, _namespace, object: ApplyObject & { readonly note?: string }) => {
    sent.push(`create ${object.note ?? ''}`);
    if (isForbidden) return Promise.resolve({ ok: false, failure: { type: 'forbidden', message: 'no right' } });
    const metadata = { name: object.metadata.name, uid: 'e1', resourceVersion: '1', namespace: 'claworc' };
    return Promise.resolve({ ok: true, warnings: [], value: { ...object, metadata } });
  },
  mergePatch: (_resource, _namespace, name, patch) => {
    sent.push(`count ${(patch as { readonly series: { readonly count: number } }).series.count}`);
    const metadata = { name, uid: 'e1', resourceVersion: '2', namespace: 'claworc' };
    return Promise.resolve({ ok: true, warnings: [], value: { apiVersion: '', kind: 'Event', metadata } });
  },
};

beforeEach(() => {
  [now, sent, told, isForbidden] = [1_000_000, [], [], false];
  recorder = createEventRecorder({
    api,
    namespace: () => 'claworc',
    regarding: () => DEPLOYMENT,
    clock: { now: () => now },
    log: { ...silentLog, info: (message) => void told.push(message) },
  });
});

test('the same event again is one more of its series, and many of them are written now and then', async () => {
  for (let times = 0; times < 100; times++) recorder.tell('bot-alpha', failed('over quota'));
  now += 31_000;
  recorder.tell('bot-alpha', failed('over quota'));
  await vi.waitFor(() => expect(sent).toEqual(['create over quota', 'count 101']), WAIT);
});

test('what comes again after the series is over is told as new', async () => {
  recorder.tell('bot-alpha', failed('over quota'));
  now += 7 * 60_000;
  recorder.tell('bot-alpha', failed('over quota'));
  await vi.waitFor(() => expect(sent).toEqual(['create over quota', 'create over quota']), WAIT);
});

test('a unit with a new word each time does not flood the cluster, and another unit has its own share', async () => {
  for (let number = 0; number < 100; number++) recorder.tell('bot-alpha', failed(`try ${number}`));
  recorder.tell('bot-beta', failed('over quota'));
  await vi.waitFor(() => expect(sent.at(-1)).toBe('create over quota'), WAIT);
  expect(sent).toHaveLength(16);
});

test('a cluster that does not let events be written is told of once, and is not asked all the time', async () => {
  isForbidden = true;
  recorder.tell('bot-alpha', failed('one'));
  await vi.waitFor(() => expect(told).toHaveLength(1), WAIT);
  recorder.tell('bot-alpha', failed('two'));
  now += 11 * 60_000;
  recorder.tell('bot-alpha', failed('three'));
  await vi.waitFor(() => expect(sent).toEqual(['create one', 'create three']), WAIT);
  expect(told).toEqual(['Kubernetes events are not written, as the cluster does not let us: no right']);
});
