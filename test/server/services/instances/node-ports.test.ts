import { expect, test } from 'vitest';
import { newFleet, newRecord } from '../../../../constructs/new-documents.ts';
import { createApi } from '../../../../server/cluster/api.ts';
import { NAMESPACES } from '../../../../server/cluster/resources.ts';
import {
  chosenPorts,
  portsBeside,
  portsInCluster,
  portsOf,
  withoutLostPorts,
  withPorts,
  type PortsAsked,
  type PortsKnown,
} from '../../../../server/services/instances/node-ports.ts';
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

const answering = (api: MemoryCluster['api']): PortsAsked => ({
  api,
  observed: { connection: () => ({ state: 'connected' }) },
});

const heldBeside = async (cluster: MemoryCluster): Promise<PortsKnown> => {
  const services = await portsInCluster(answering(cluster.api), fleet);
  return { seen: services.seen, holders: portsBeside(services, fleet, 'bot-alpha') };
};

const having = (chrome: number) => ({
  ...record,
  spec: { ...record.spec, nodePorts: { chrome, terminal: chrome + 1 } },
});

test('a new bot gets the next pair of ports that the cluster has given to nobody, of whichever namespace', async () => {
  await using cluster = await withForeignService(30101);
  const known = await heldBeside(cluster);
  expect(withPorts(record, fleet, () => known).spec.nodePorts).toEqual({ chrome: 30102, terminal: 30103 });
});

test('a pair that somebody else has in the cluster is given up for the next free one, any other is kept', async () => {
  await using cluster = await withForeignService(30101);
  const known = await heldBeside(cluster);
  const again = (chrome: number) => withPorts(withoutLostPorts(having(chrome), known.holders), fleet, () => known);
  expect(again(30100).spec.nodePorts).toEqual({ chrome: 30102, terminal: 30103 });
  expect(again(30110).spec.nodePorts).toEqual({ chrome: 30110, terminal: 30111 });
});

test('a chosen pair that a Service of another namespace has is refused with its name and the next free pair', async () => {
  await using cluster = await withForeignService(30111);
  const known = await heldBeside(cluster);
  const choose = (chrome: number) => withPorts(record, fleet, () => known, { chrome });
  expect(() => choose(30110)).toThrow(
    'nodeport_chrome: 30110 and 30111 are taken by Service theirs of namespace team; the next free pair is 30100 and 30101.',
  );
  expect(() => choose(30110)).toThrow(
    expect.objectContaining({ code: 'ports_taken', body: { free: { chrome: 30100, terminal: 30101 } } }),
  );
  expect(choose(30112).spec.nodePorts).toEqual({ chrome: 30112, terminal: 30113 });
});

test('the Service of the bot itself takes nothing from it, one of the same name elsewhere does', async () => {
  await using cluster = await withForeignService(30101);
  const services = await portsInCluster(answering(cluster.api), fleet);
  const own = { namespace: 'claworc', name: 'bot-alpha-vnc', ports: [30104, 30105] };
  const namesake = { namespace: 'team', name: 'bot-alpha-vnc', ports: [30106] };
  const all = { ...services, services: [own, namesake] };
  expect(portsBeside(all, fleet, 'bot-alpha').map(({ port }) => port)).toEqual([30106]);
});

test('a cluster that does not let its Services be listed leaves the choice to the records, and that is said', async () => {
  await using cluster = await withForeignService(30101);
  cluster.server.fault = () => status(403, 'Forbidden', 'services is forbidden');
  const { api } = cluster;
  const services = await portsInCluster(answering(createApi(api.connection)), fleet);
  expect(services).toEqual({ seen: 'nothing', services: [] });
  const known = (): PortsKnown => ({
    seen: services.seen,
    holders: portsOf('bot-beta', { chrome: 30100, terminal: 30101 }),
  });
  expect(() => withPorts(record, fleet, known, { terminal: 30101 })).toThrow(
    '30100 and 30101 are taken by bot-beta; the next free pair is 30102 and 30103, judged by the records alone.',
  );
});

test('where only the own namespace may be listed, its Services count and the rest is said to be unknown', async () => {
  await using cluster = await withForeignService(30101);
  cluster.server.fault = ({ path }) =>
    path === '/api/v1/services' ? status(403, 'Forbidden', 'services is forbidden') : undefined;
  const services = await portsInCluster(answering(createApi(cluster.api.connection)), fleet);
  expect(services).toEqual({ seen: 'namespace', services: [] });
});

test('a pair is chosen by either of its ports, and one that the bot has is no choice', () => {
  const own = { chrome: 30100, terminal: 30101 };
  expect(chosenPorts({ nodeport_chrome: 30104 })).toEqual({ chrome: 30104 });
  expect(chosenPorts({ nodeport_chrome: null, nodeport_terminal: null })).toBeUndefined();
  expect(chosenPorts({ nodeport_chrome: 30100, nodeport_terminal: 30101 }, own)).toBeUndefined();
  expect(chosenPorts({ nodeport_terminal: 30105 }, own)).toEqual({ terminal: 30105 });
  const nothing = (): PortsKnown => ({ seen: 'cluster', holders: [] });
  const chosen = withPorts(record, fleet, nothing, { terminal: 30105 });
  expect(chosen.spec.nodePorts).toEqual({ chrome: 30104, terminal: 30105 });
});
