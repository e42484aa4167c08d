import { afterAll, beforeAll, expect, test } from 'vitest';
import { newTombstone } from '../../../constructs/new-documents.ts';
import { writeRecord } from '../../../constructs/schema/write-record.ts';
import type { Instance } from '../../../server/http/schemas/instance.ts';
import type { ObservedObject } from '../../../server/reconcile/status/observed.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { ADA, AT } from '../git/fixture.ts';
import { connectObserved, observedOf, observedUnit } from '../reconcile/observed-fixture.ts';
import { startTestServer, type TestServer } from '../running-server.ts';

const WAIT = { timeout: PATIENCE_MS, interval: 20 };
/** What the cluster was brought to before all of this. */
const observed = observedOf({ commit: () => 'c'.repeat(40) });

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    connectCluster: connectObserved(observed),
  });
});
afterAll(async () => server[Symbol.asyncDispose]());

function live(kind: string, name: string, spec: object): ObservedObject {
  const object = { apiVersion: 'v1', kind, metadata: { name }, spec };
  return { kind, name, live: object, drift: [], health: '', reason: '' };
}
const rows = async (): Promise<readonly Instance[]> =>
  (await server.call('GET', 'instances')).body as unknown as readonly Instance[];
const leaving = { data: 'retain', waitsFor: 'waits until pod x has ended', isStuck: false, objects: [] } as const;

test('the answer to a delete says what is going to happen, and the bot stays in the list until the cluster has let go', async () => {
  await server.call('POST', 'instances', { display_name: 'Bot Alpha', memory_limit: '6Gi' });
  observed.set(observedUnit('bot-alpha', { objects: [live('Deployment', 'bot-alpha', {})] }));

  const deleted = await server.call('DELETE', 'instances/bot-alpha?data=retain');

  expect(deleted.status).toBe(200);
  expect(deleted.body.sync_reason).toBe(
    'Leaves main; then its pod is ended and its objects are removed, and its volumes are kept.',
  );
  // The reconciler has not read of it yet.
  expect(await rows()).toMatchObject([{ name: 'bot-alpha', leaving: { waits_for: 'the cluster is being told' } }]);

  observed.set(observedUnit('bot-alpha', { leaving }));
  const shown = {
    id: 0,
    name: 'bot-alpha',
    display_name: 'Bot Alpha',
    memory_limit: '6Gi',
    status: 'running',
    sync: 'published',
    sync_reason: 'Leaving: waits until pod x has ended',
    leaving: { data: 'retain', waits_for: 'waits until pod x has ended' },
  };
  expect(await rows()).toMatchObject([shown]);
  expect((await server.call('GET', 'instances/bot-alpha')).body).toMatchObject(shown);

  const again = await server.call('DELETE', 'instances/bot-alpha');
  expect([again.status, again.body.detail]).toEqual([
    409,
    'bot-alpha is removed from main already and is leaving: waits until pod x has ended.',
  ]);

  for (const [method, path, body] of [
    ['PUT', 'config', { config: '{}' }],
    ['PUT', '', { memory_limit: '7Gi' }],
    ['POST', 'stop', undefined],
    ['POST', 'restart', undefined],
  ] as const) {
    const address = `instances/bot-alpha/${path}`.replace(/\/$/, '');
    const refused = await server.call(method, address, body, { 'if-match': `"${'a'.repeat(40)}"` });
    expect([path, refused.status, refused.body.detail]).toEqual([path, 409, again.body.detail]);
  }
  expect((await server.call('GET', 'instances/bot-alpha/config')).body.config).toBe('{}\n');

  observed.delete('bot-alpha');
  expect(await rows()).toEqual([]);
  expect((await server.call('GET', 'instances/bot-alpha')).status).toBe(404);
});

test('a removal that a person has to free is a failure with what it waits for', async () => {
  await server.call('POST', 'instances', { display_name: 'Bot Beta' });
  await server.call('DELETE', 'instances/bot-beta?data=destroy');
  observed.set(
    observedUnit('bot-beta', { leaving: { ...leaving, data: 'destroy', waitsFor: 'a finalizer', isStuck: true } }),
  );

  expect(await rows()).toMatchObject([
    { name: 'bot-beta', sync: 'failed', sync_reason: 'Leaving: a finalizer', leaving: { data: 'destroy' } },
  ]);
  observed.delete('bot-beta');
});

test('a leaving bot that this server never had is listed, with what its objects tell and the defaults of the fleet', async () => {
  const { repository } = server.running.context;
  const tombstone = writeRecord(newTombstone('bot-omega', 'retain', AT, 'Grace'));
  const changes = new Map([['tombstones/bot-omega.yaml', tombstone]]);
  await repository.commit({ changes, message: 'Remove', author: ADA, at: AT, parent: await repository.head() });
  const container = {
    name: 'moltbot',
    image: 'registry.example/moltbot:7',
    resources: { limits: { cpu: '3', memory: '7Gi', 'ephemeral-storage': '1Gi' } },
  };
  observed.set(
    observedUnit('bot-omega', {
      leaving,
      objects: [
        live('Deployment', 'bot-omega', { replicas: 1, template: { spec: { containers: [container] } } }),
        live('PersistentVolumeClaim', 'bot-omega-chrome', { resources: { requests: { storage: '9Gi' } } }),
      ],
    }),
  );

  await expect.poll(async () => (await rows()).map(({ name }) => name), WAIT).toEqual(['bot-omega']);

  expect(await rows()).toMatchObject([
    {
      id: 0,
      display_name: 'bot-omega',
      image: 'registry.example/moltbot:7',
      cpu_limit: '3',
      memory_limit: '7Gi',
      cpu_request: '500m',
      storage_chrome: '9Gi',
      storage_clawd: '5Gi',
      leaving: { data: 'retain', waits_for: 'waits until pod x has ended' },
    },
  ]);
  for (const page of ['', '/overview', '/history', '/manifests']) {
    expect([page, (await server.call('GET', `instances/bot-omega${page}`)).status]).toEqual([page, 200]);
  }
});
