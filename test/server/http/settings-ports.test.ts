import { expect, test } from 'vitest';
import { NAMESPACES } from '../../../server/cluster/resources.ts';
import { connectObserved, observedOf } from '../reconcile/observed-fixture.ts';
import { MemoryCluster } from '../reconcile/memory-cluster.ts';
import { startTestServer, type TestServer } from '../running-server.ts';

/** A Service of another team that has a node port. */
function give(cluster: MemoryCluster, name: string, nodePort: number): void {
  const write = { manager: 'another-team', dryRun: false };
  const team = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } };
  const { store } = cluster.server;
  store.create({ resource: NAMESPACES, namespace: null, name: 'team' }, team, write);
  const spec = { type: 'NodePort', ports: [{ port: 80, protocol: 'TCP', nodePort }] };
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'team' }, spec };
  store.create({ ...cluster.target('Service', name), namespace: 'team' }, service, write);
}

/** Over the cluster, whose Services are read and to which nothing is written. */
const serverOver = ({ api }: MemoryCluster): Promise<TestServer> =>
  startTestServer({ connectCluster: async () => ({ ...(await connectObserved(observedOf())()), api }) });

async function pairOf(server: TestServer, name: string): Promise<unknown> {
  const { body } = await server.call('GET', `instances/${name}`);
  return [body.vnc_exposure, body.nodeport_chrome, body.nodeport_terminal];
}

test('a fleet that opens node ports passes over those of Services in the cluster, of other bots, keeps what a bot had, and leaves one that chose the proxy', async () => {
  await using cluster = await MemoryCluster.create();
  give(cluster, 'web', 30101);
  await using server = await serverOver(cluster);
  for (const name of ['Bot Alpha', 'Bot Beta']) await server.call('POST', 'instances', { display_name: name });
  await server.call('POST', 'instances', { display_name: 'Bot Own', vnc_exposure: 'nodePort', nodeport_chrome: 30104 });
  await server.call('POST', 'instances', { display_name: 'Bot Shut', vnc_exposure: 'proxy' });

  const opened = await server.call('PUT', 'settings', { vnc_exposure: 'nodePort' });

  expect([opened.status, opened.text]).toEqual([200, expect.any(String)]);
  expect(await pairOf(server, 'bot-alpha')).toEqual(['nodePort', 30102, 30103]);
  expect(await pairOf(server, 'bot-beta')).toEqual(['nodePort', 30106, 30107]);
  expect(await pairOf(server, 'bot-own')).toEqual(['nodePort', 30104, 30105]);
  expect(await pairOf(server, 'bot-shut')).toEqual(['proxy', null, null]);
});

test('settings that open no node ports ask the cluster for no Services', async () => {
  await using cluster = await MemoryCluster.create();
  await using server = await serverOver(cluster);
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });

  expect((await server.call('PUT', 'settings', { default_cpu_limit: '3000m' })).status).toBe(200);

  expect(cluster.server.seen.filter(({ path }) => path.includes('services'))).toEqual([]);
});
