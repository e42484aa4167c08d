import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ReconcilerOptions } from '../../../../server/reconcile/loop/reconciler.ts';
import { Loop, WAIT } from '../loop-fixture.ts';
import { MemoryCluster } from '../memory-cluster.ts';

let cluster: MemoryCluster;
let loop: Loop | undefined;
const run = (options: Partial<ReconcilerOptions> = {}): Loop => (loop = new Loop(cluster, options));
const applied = (unit: string): Promise<void> =>
  vi.waitFor(() => expect(loop?.unit(unit)).toMatchObject({ sync: 'applied' }), WAIT);
const fleetSays = (words: RegExp): Promise<void> =>
  vi.waitFor(() => {
    expect(loop?.unit('fleet')).toMatchObject({ sync: 'failed', reason: expect.stringMatching(words) as string });
  }, WAIT);
const live = (): readonly string[] =>
  cluster.server.store.objects().map(({ kind, metadata }) => `${kind}/${metadata.name}`);
const SERVICE = 'Service/bot-alpha-vnc';

/** Commits, rendering nothing, and has it looked at. */
function commit(): string {
  const id = cluster.repo.commit();
  loop?.reconciler.reconcileNow();
  return id;
}
function setFleet(text: string): void {
  cluster.repo.write('claworc.yaml', text);
  commit();
}

let good: string;
beforeEach(async () => {
  cluster = await MemoryCluster.create();
  cluster.repo.record('bot-alpha').synth().commit();
  good = cluster.repo.text('claworc.yaml');
});
afterEach(async () => {
  await loop?.stop();
  await cluster[Symbol.asyncDispose]();
});
const broken = (): string => good.replace('kind: Fleet', 'kind: Fleeet');

describe('a loop that keeps to what was sound, where claworc.yaml of main breaks', () => {
  test('goes on with the last sound commit, says where it is broken, and follows main when it is mended', async () => {
    run({ keepsSound: true });
    await applied('bot-alpha');
    const sound = cluster.repo.head() ?? '';
    cluster.repo.record('bot-beta').synth();
    setFleet(broken());

    await fleetSays(
      new RegExp(
        `^claworc\\.yaml:2:7: kind: .*; until that is put right, main goes on being applied as it was at ${sound.slice(0, 7)}$`,
      ),
    );
    cluster.server.store.remove(cluster.target('Service', 'bot-alpha-vnc'), {});
    await vi.waitFor(() => expect(live()).toContain(SERVICE), WAIT);
    expect(loop?.unit('bot-alpha')).toMatchObject({ sync: 'applied', commit: sound });
    expect(live()).not.toContain('Deployment/bot-beta');

    setFleet(good);
    await applied('bot-beta');
    await applied('fleet');
  });

  test('goes on also where claworc.yaml is gone from main', async () => {
    run({ keepsSound: true });
    await applied('bot-alpha');
    cluster.repo.write('claworc.yaml', null);
    commit();

    await fleetSays(/^claworc\.yaml: is missing.*; until that is put right, main goes on/);
    expect(loop?.unit('bot-alpha')).toMatchObject({ sync: 'applied' });
  });

  test('applies nothing on a first start, and starts when it is mended', async () => {
    setFleet(broken());
    run({ keepsSound: true });

    await fleetSays(/^claworc\.yaml:2:7: kind: .*; until that is put right, nothing is applied$/);
    expect(live()).not.toContain(SERVICE);

    setFleet(good);
    await applied('bot-alpha');
  });
});

test('a loop beside a dashboard holds every bot while claworc.yaml is broken', async () => {
  run();
  await applied('bot-alpha');
  setFleet(broken());

  await vi.waitFor(() => expect(loop?.unit('bot-alpha')).toMatchObject({ sync: 'failed' }), WAIT);
});
