import { describe, expect, test, vi } from 'vitest';
import { nodePortsOf } from '../../../../server/reconcile/desired/node-ports.ts';
import { NODE_PORTS } from '../../../support/node-ports.ts';
import { Cluster, hasPlane } from '../cluster-fixture.ts';
import { Loop, WAIT } from '../loop-fixture.ts';

/** The first port of each bot's pair; null for a bot behind the proxy. */
type Pairs = Readonly<Record<string, number | null>>;

function publish({ repo }: Cluster, pairs: Pairs): void {
  for (const [name, chrome] of Object.entries(pairs)) {
    if (chrome === null) repo.record(name, { exposure: 'proxy' });
    else repo.record(name, { exposure: 'nodePort', nodePorts: { chrome, terminal: chrome + 1 } });
  }
  repo.synth().commit();
}

async function portsOf(cluster: Cluster): Promise<Pairs> {
  const services = await cluster.objects('svc', 'app.kubernetes.io/managed-by=claworc');
  return Object.fromEntries(
    services.map((service) => [service.metadata.name.replace(/-vnc$/, ''), nodePortsOf(service)[0] ?? null]),
  );
}

async function running(pairs: Pairs): Promise<Cluster> {
  const cluster = await Cluster.create();
  publish(cluster, pairs);
  await cluster.apply();
  expect(await portsOf(cluster)).toEqual(pairs);
  return cluster;
}

/** Five pairs from `first` on: ports belong to the whole cluster, and a namespace that goes keeps its for a while. */
function moves(first: number): Readonly<Record<'before' | 'swapAndChain' | 'circle', Pairs>> {
  const [a, b, c, d, e] = [first, first + 2, first + 4, first + 6, first + 8];
  return {
    before: { 'bot-a': a, 'bot-b': b, 'bot-c': c, 'bot-d': d, 'bot-e': e },
    // The chain ends with a bot that goes behind the proxy.
    swapAndChain: { 'bot-a': b, 'bot-b': a, 'bot-c': d, 'bot-d': e, 'bot-e': null },
    circle: { 'bot-a': b, 'bot-b': c, 'bot-c': a, 'bot-d': e, 'bot-e': d },
  };
}

describe.skipIf(!hasPlane)('node ports that one commit hands from bot to bot', () => {
  test.each([
    ['a swap and a chain', NODE_PORTS.swapAndChain, 'swapAndChain'],
    ['a circle of three and a swap', NODE_PORTS.circle, 'circle'],
  ] as const)('are those of main after one apply: %s', async (_, first, move) => {
    const { before, [move]: after } = moves(first);
    await using cluster = await running(before);
    publish(cluster, after);

    const { units } = await cluster.apply();

    expect(units.map(({ unit, state, reason }) => [unit, state, reason])).toEqual(
      units.map(({ unit }) => [unit, 'done', '']),
    );
    expect(await portsOf(cluster)).toEqual(after);
    expect((await cluster.plan()).units.flatMap(({ actions }) => actions.map(({ action }) => action))).not.toContain(
      'configure',
    );
  });

  test('are those of main while the loop runs, and no bot is called failed on the way', async () => {
    const { before, swapAndChain, circle } = moves(NODE_PORTS.inTheLoop);
    await using cluster = await running(before);
    await using loop = new Loop(cluster);
    const names = Object.keys(before);
    const syncs = () => new Set(names.map((name) => loop.unit(name)?.sync));
    await vi.waitFor(() => expect(syncs()).toEqual(new Set(['applied'])), WAIT);

    for (const after of [swapAndChain, circle, before]) {
      publish(cluster, after);
      loop.reconciler.reconcileNow();
      await vi.waitFor(async () => {
        expect(syncs()).not.toContain('failed');
        expect(await portsOf(cluster)).toEqual(after);
        expect(syncs()).toEqual(new Set(['applied']));
      }, WAIT);
    }
  });
});
