import { describe, expect, test, vi } from 'vitest';
import { NAMESPACES } from '../../../../server/cluster/resources.ts';
import { nodePortsOf } from '../../../../server/reconcile/desired/node-ports.ts';
import type { UnitOutcome } from '../../../../server/reconcile/apply/outcome.ts';
import { Loop, WAIT } from '../loop-fixture.ts';
import { MemoryCluster } from '../memory-cluster.ts';

/** The first port of each bot's pair; null for a bot behind the proxy. */
type Pairs = Readonly<Record<string, number | null>>;

function publish({ repo }: MemoryCluster, pairs: Pairs): void {
  for (const [name, chrome] of Object.entries(pairs)) {
    if (chrome === null) repo.record(name, { exposure: 'proxy' });
    else repo.record(name, { exposure: 'nodePort', nodePorts: { chrome, terminal: chrome + 1 } });
  }
  repo.synth().commit();
}

async function running(pairs: Pairs): Promise<MemoryCluster> {
  const cluster = await MemoryCluster.create();
  publish(cluster, pairs);
  const { units } = await cluster.apply();
  expect(units.map(({ state }) => state)).not.toContain('failed');
  return cluster;
}

const portsOf = (cluster: MemoryCluster, pairs: Pairs): Pairs =>
  Object.fromEntries(
    Object.keys(pairs).map((name) => {
      const service = cluster.find('Service', `${name}-vnc`);
      return [name, nodePortsOf(service ?? {})[0] ?? null];
    }),
  );

const told = (units: readonly UnitOutcome[]) =>
  Object.fromEntries(units.filter(({ state }) => state !== 'done').map(({ unit, reason }) => [unit, reason]));

const MOVES: readonly (readonly [string, Pairs, Pairs])[] = [
  ['two that swap', { 'bot-a': 30100, 'bot-b': 30102 }, { 'bot-a': 30102, 'bot-b': 30100 }],
  [
    'three in a circle',
    { 'bot-a': 30100, 'bot-b': 30102, 'bot-c': 30104 },
    { 'bot-a': 30102, 'bot-b': 30104, 'bot-c': 30100 },
  ],
  [
    'each the pair of the next, the last a free one',
    { 'bot-a': 30100, 'bot-b': 30102, 'bot-c': 30104 },
    { 'bot-a': 30102, 'bot-b': 30104, 'bot-c': 30106 },
  ],
  ['the pair of one that goes behind the proxy', { 'bot-a': 30100, 'bot-b': 30102 }, { 'bot-a': 30102, 'bot-b': null }],
  ['the pair of one for a new bot', { 'bot-b': 30102 }, { 'bot-a': 30102, 'bot-b': 30100 }],
];

describe('bots that take over the node ports of others in one commit', () => {
  test.each(MOVES)('have them, one apply after the one that finds them taken: %s', async (_, before, after) => {
    await using cluster = await running(before);

    publish(cluster, after);
    const first = await cluster.apply();
    expect(first.units.map(({ state }) => state)).not.toContain('failed');
    const second = await cluster.apply();

    expect(second.units.map(({ state, reason }) => [state, reason])).toEqual(second.units.map(() => ['done', '']));
    expect(portsOf(cluster, after)).toEqual(after);
  });

  test.each(MOVES)('have them soon and unasked while the loop runs: %s', async (_, before, after) => {
    await using cluster = await running(before);
    publish(cluster, after);

    await using loop = new Loop(cluster);

    await vi.waitFor(() => expect(portsOf(cluster, after)).toEqual(after), WAIT);
    const syncs = (): unknown[] => Object.keys(after).map((name) => loop.unit(name)?.sync);
    await vi.waitFor(() => expect(new Set(syncs())).toEqual(new Set(['applied'])), WAIT);
  });

  test('are told truly meanwhile: who has the port, that it is given back, and that there is none until then', async () => {
    await using cluster = await running({ 'bot-a': 30100, 'bot-b': 30102 });
    publish(cluster, { 'bot-a': 30102, 'bot-b': 30100 });

    const { units } = await cluster.apply({ concurrency: 1 });

    expect(told(units)).toEqual({
      'bot-a': 'waits until Service bot-b-vnc gives node port 30102 back; it has none meanwhile',
    });
    expect(units.find(({ unit }) => unit === 'bot-a')?.wrote).toBe(true);
    const service = cluster.find('Service', 'bot-a-vnc');
    expect(service?.spec).toMatchObject({ type: 'ClusterIP' });
    const plan = (await cluster.plan()).units.find(({ unit }) => unit === 'bot-a');
    const open = plan?.actions.filter(({ action }) => action !== 'unchanged');
    expect(open).toMatchObject([{ kind: 'Service', action: 'configure', drift: false }]);
  });

  test('keep their own while nobody else is given them, and until then wait for those of main', async () => {
    await using cluster = await running({ 'bot-a': 30100, 'bot-b': 30102 });
    publish(cluster, { 'bot-a': 30102, 'bot-b': 30104 });

    const { units } = await cluster.apply({ concurrency: 1 });

    expect(told(units)).toEqual({ 'bot-a': 'waits until Service bot-b-vnc gives node port 30102 back' });
    expect(portsOf(cluster, { 'bot-a': 0 })).toEqual({ 'bot-a': 30100 });
  });

  test('wait for no bot that is held: its port is told as taken', async () => {
    await using cluster = await running({ 'bot-a': 30100, 'bot-b': 30102 });
    publish(cluster, { 'bot-a': 30102, 'bot-b': 30104 });
    cluster.repo.write('dist/bot-b/service-vnc.yaml', 'kind: Service\n').commit();

    const { units } = await cluster.apply();

    expect(told(units)['bot-a']).toBe(
      'Service bot-a-vnc: node port 30102 is allocated by Service bot-b-vnc of namespace claworc; the next free pair is 30106 and 30107',
    );
  });

  test('give theirs to the next also where a stranger has the new ones, and say so', async () => {
    await using cluster = await running({ 'bot-a': 30100, 'bot-b': 30102 });
    takenByTeam(cluster, 30105);
    publish(cluster, { 'bot-a': 30104, 'bot-b': 30100 });

    await cluster.apply();
    const { units } = await cluster.apply();

    expect(told(units)).toEqual({
      'bot-a':
        'Service bot-a-vnc: node port 30105 is allocated by Service web of namespace team; ' +
        'the next free pair is 30102 and 30103; it has none meanwhile',
    });
    expect(portsOf(cluster, { 'bot-a': 0, 'bot-b': 0 })).toEqual({ 'bot-a': null, 'bot-b': 30100 });
  });
});

function takenByTeam({ server, target }: Pick<MemoryCluster, 'server' | 'target'>, nodePort: number): void {
  const theirs = { manager: 'another-team', dryRun: false };
  const team = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } };
  server.store.create({ resource: NAMESPACES, namespace: null, name: 'team' }, team, theirs);
  const spec = { type: 'NodePort', ports: [{ port: 80, protocol: 'TCP', nodePort }] };
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'team' }, spec };
  server.store.create({ ...target.call({ namespace: 'team' }, 'Service', 'web') }, service, theirs);
}
