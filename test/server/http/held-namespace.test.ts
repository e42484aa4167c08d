import { afterAll, beforeAll, expect, test } from 'vitest';
import { PATIENCE_MS } from '../../support/patience.ts';
import { ADA, AT } from '../git/fixture.ts';
import { applyRepo } from '../../../server/reconcile/once/apply-repo.ts';
import { MemoryCluster } from '../reconcile/memory-cluster.ts';
import { observedOf } from '../reconcile/observed-fixture.ts';
import { startTestServer, type TestServer } from '../running-server.ts';

const HELD = 'Held: main names namespace elsewhere, and 1 bot lives (bot-alpha) in claworc';
const WAIT = { timeout: PATIENCE_MS, interval: 20 };

let standing: readonly string[] = [];
const observed = observedOf({ standing: () => standing });

let server: TestServer;
let cluster: MemoryCluster;
beforeAll(async () => {
  cluster = await MemoryCluster.create();
  server = await startTestServer({
    connectCluster: () =>
      Promise.resolve({
        observed,
        connection: null,
        api: cluster.api,
        figures: null,
        inCluster: false,
        accept: () => undefined,
        goOn: () => undefined,
        approveRemovals: () => Promise.resolve(),
        steerRollout: () => Promise.resolve(),
        acceptRewind: () => Promise.resolve(),
        reconcileNow: () => undefined,
        run: () => Promise.resolve(),
      }),
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await cluster[Symbol.asyncDispose]();
});

test('a namespace that a raw commit left is told by /fleet, /health and the offer, and the settings lead back to it alone', async () => {
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
  const { repository, snapshots, version } = server.running.context;
  const head = await repository.head();
  const { repo } = await snapshots.at(head ?? '');
  await applyRepo({ api: cluster.api, repo, commit: head ?? '', version, waitMs: 0 });
  const file = Buffer.from((await repository.readFile(head ?? '', 'claworc.yaml')) ?? []).toString();
  const changes = new Map([['claworc.yaml', file.replace('namespace: claworc', 'namespace: elsewhere')]]);
  await repository.commit({ changes, message: 'Move', author: ADA, at: AT, parent: head });
  await expect.poll(async () => (await server.call('GET', 'settings')).body.namespace, WAIT).toBe('elsewhere');
  standing = [HELD];

  const fleet = await server.call('GET', 'fleet');
  const health = await server.call('GET', 'health');
  const offer = await server.call('GET', 'cluster/plan');
  const { body: settings } = await server.call('GET', 'settings');
  const onwards = await server.call('PUT', 'settings', { namespace: 'third' });
  const back = await server.call('PUT', 'settings', { namespace: 'claworc' });

  expect(fleet.body.standing).toEqual([HELD]);
  expect(fleet.body.problems).toContainEqual({ file: 'claworc.yaml', line: null, message: HELD });
  expect(health.body).toMatchObject({ status: 'degraded', kubernetes: HELD });
  expect(offer.body.notes).toMatchObject([
    expect.stringMatching(/^main names namespace elsewhere, and 1 bot lives \(bot-alpha\) in claworc/),
  ]);
  expect(offer.body.units).toMatchObject([{ state: 'held' }, { state: 'held' }]);
  expect(settings.open_namespaces).toEqual(['elsewhere', 'claworc']);
  expect((await server.call('GET', 'settings')).body.open_namespaces).toEqual(['claworc']);
  expect([onwards.status, onwards.body.code]).toEqual([409, 'instances_exist']);
  expect([back.status, back.body.namespace]).toEqual([200, 'claworc']);
});
