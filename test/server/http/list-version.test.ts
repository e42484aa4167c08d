import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ObservedConnection } from '../../../server/reconcile/status/observed.ts';
import { removeInstance } from '../../../server/store/instances.ts';
import { connectObserved, observedOf, observedUnit } from '../reconcile/observed-fixture.ts';
import { startTestServer, type TestServer } from '../running-server.ts';

let connection: ObservedConnection = {
  state: 'connected',
  context: 'lab',
  server: null,
  identity: null,
  detail: '',
  lastSeen: null,
};
const observed = observedOf({ connection: () => connection, namespace: () => null });
const running = (unit: string, statusReason: string) => observedUnit(unit, { statusReason });

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    connectCluster: connectObserved(observed),
  });
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
});
afterAll(async () => server[Symbol.asyncDispose]());

const list = (tag?: string) =>
  server.call('GET', 'instances', undefined, tag === undefined ? {} : { 'if-none-match': tag });
const tagNow = async (): Promise<string> => (await list()).headers.get('etag') ?? '';

test('a list that a client has is not sent again, whoever of the caches in between has weakened or joined its tags', async () => {
  const tag = await tagNow();

  expect(tag).toMatch(/^W\/"[\w-]+"$/);
  for (const asked of [tag, tag.slice(2), `"other", ${tag}`, '*']) {
    const again = await list(asked);
    expect([asked, again.status, again.text, again.headers.get('etag')]).toEqual([asked, 304, '', tag]);
  }
  expect((await list('"other"')).status).toBe(200);
});

test.each<[what: string, change: () => unknown]>([
  ['a write', () => server.call('PUT', 'instances/bot-alpha', { memory_limit: '6Gi' })],
  ['what a bot does in the cluster', () => observed.set(running('bot-alpha', 'Restarted'))],
  ['a commit that is being worked on', () => observed.expect(['bot-alpha'])],
  ['a cluster that stops answering', () => (connection = { ...connection, state: 'unreachable' })],
  [
    'what the database alone knows',
    () => server.running.context.store.transact((tx) => removeInstance(tx, 'bot-alpha')),
  ],
  ['a default of the fleet', () => server.call('PUT', 'settings', { default_cpu_limit: '3000m' })],
])('%s is in the very next answer, although the client asks with its tag', async (_what, change) => {
  const before = await tagNow();

  await change();

  expect((await list(before)).status).toBe(200);
});

test('when the cluster was seen last is no reason to send the list again', async () => {
  const tag = await tagNow();

  connection = { ...connection, lastSeen: '2026-11-01T00:00:00Z' };

  expect((await list(tag)).status).toBe(304);
});
