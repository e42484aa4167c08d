import { expect, test } from 'vitest';
import { newFleet, newRecord } from '../../../../constructs/new-documents.ts';
import { createApi } from '../../../../server/cluster/api.ts';
import { NAMESPACES } from '../../../../server/cluster/resources.ts';
import type { AppContext } from '../../../../server/services/app-context.ts';
import { portsInCluster, withoutLostPorts, withPorts } from '../../../../server/services/instances/node-ports.ts';
import { status } from '../../../support/api-server/answers.ts';
import { MemoryCluster } from '../../reconcile/memory-cluster.ts';

const fleet = newFleet({ recipients: [] });
const record = newRecord({ name: 'bot-alpha', displayName: 'Alpha', exposure: 'nodePort' }, fleet);

async function withForeignService(nodePort: number): Promise<MemoryCluster> {
  const cluster = await MemoryCluster.create();
  const write = { manager: 'another-team', dryRun: false };
  const team = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } };
  cluster.server.store.create({ resource: NAMESPACES, namespace: null, name: 'team' }, team, write);
  const spec = { type: 'NodePort', ports: [{ port: 80, protocol: 'TCP', nodePort }] };
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'theirs', namespace: 'team' }, spec };
  cluster.server.store.create({ ...cluster.target('Service', 'theirs'), namespace: 'team' }, service, write);
  return cluster;
}

const contextOf = (api: MemoryCluster['api']): AppContext =>
  ({ cluster: { api, observed: { connection: () => ({ state: 'connected' }) } } }) as unknown as AppContext;

test('a new bot gets the next pair of ports that the cluster has given to nobody, of whichever namespace', async () => {
  await using cluster = await withForeignService(30101);
  const inCluster = await portsInCluster(contextOf(cluster.api), fleet, 'bot-alpha');
  expect(withPorts(record, fleet, () => inCluster).spec.nodePorts).toEqual({ chrome: 30102, terminal: 30103 });
});

test('a pair that somebody else has in the cluster is given up for the next free one, any other is kept', async () => {
  await using cluster = await withForeignService(30101);
  const inCluster = await portsInCluster(contextOf(cluster.api), fleet, 'bot-alpha');
  const having = (chrome: number) => ({
    ...record,
    spec: { ...record.spec, nodePorts: { chrome, terminal: chrome + 1 } },
  });
  const again = (chrome: number) => withPorts(withoutLostPorts(having(chrome), inCluster), fleet, () => inCluster);
  expect(again(30100).spec.nodePorts).toEqual({ chrome: 30102, terminal: 30103 });
  expect(again(30110).spec.nodePorts).toEqual({ chrome: 30110, terminal: 30111 });
});

test('a cluster that does not let its Services be listed leaves the choice to the records', async () => {
  await using cluster = await withForeignService(30101);
  cluster.server.fault = () => status(403, 'Forbidden', 'services is forbidden');
  const { api } = cluster;
  expect(await portsInCluster(contextOf(createApi(api.connection)), fleet, 'bot-alpha')).toEqual([]);
});
