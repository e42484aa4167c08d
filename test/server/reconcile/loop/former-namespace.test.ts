import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MemoryCluster } from '../memory-cluster.ts';
import { Loop, WAIT } from '../loop-fixture.ts';
import { status } from '../../../support/api-server/answers.ts';
import type { ReconcilerOptions } from '../../../../server/reconcile/loop/reconciler.ts';

let cluster: MemoryCluster;
const loops: Loop[] = [];
const run = (changes: Partial<ReconcilerOptions> = {}): Loop => {
  const loop = new Loop(cluster, changes);
  loops.push(loop);
  return loop;
};
const objectsIn = (name: string): readonly string[] =>
  cluster.server.store
    .objects()
    .filter(({ metadata }) => metadata.namespace === name)
    .map(({ kind, metadata }) => `${kind}/${metadata.name}@${metadata.resourceVersion ?? ''}`);
const applied = (loop: Loop, unit = 'bot-alpha'): Promise<void> =>
  vi.waitFor(() => expect(loop.unit(unit)).toMatchObject({ sync: 'applied' }), WAIT);
const held = (loop: Loop): Promise<void> =>
  vi.waitFor(() => {
    expect(loop.reconciler.observed.standing()[0]).toMatch(/^Held: main names namespace elsewhere/);
    expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'failed' });
  }, WAIT);

beforeEach(async () => {
  cluster = await MemoryCluster.create();
  cluster.repo.record('bot-alpha').record('bot-beta').synth().commit();
});
afterEach(async () => {
  for (const loop of loops.splice(0)) await loop.stop();
  await cluster[Symbol.asyncDispose]();
});

describe('the loop, where main comes to name another namespace while bots live', () => {
  test('writes in neither namespace, says it once for the fleet, and goes on when main names the old one again', async () => {
    const loop = run();
    await applied(loop);
    await applied(loop, 'bot-beta');
    await vi.waitFor(() => expect(loop.reconciler.observed.standing()).toEqual([]), WAIT);
    const before = objectsIn('claworc').filter((name) => !name.startsWith('ConfigMap/claworc-applyset'));

    cluster.repo.moveTo('elsewhere');
    loop.publish();
    await held(loop);

    const { observed } = loop.reconciler;
    expect(observed.standing()).toHaveLength(1);
    expect(observed.standing()[0]).toContain('2 bots live (bot-alpha, bot-beta) in claworc');
    expect(observed.held()).toEqual([]);
    expect(observed.namespace()).toBe('claworc');
    expect(loop.unit('bot-alpha')).toMatchObject({
      reason: 'main names namespace elsewhere, and bots live in claworc: nothing is applied',
    });
    expect(loop.unit('bot-alpha')?.objects.map(({ kind }) => kind)).toContain('Deployment');
    expect(objectsIn('elsewhere')).toEqual([]);
    expect(objectsIn('claworc').filter((name) => !name.startsWith('ConfigMap/claworc-applyset'))).toEqual(before);

    cluster.repo.moveTo('claworc').record('bot-gamma');
    loop.publish();
    await applied(loop);
    await applied(loop, 'bot-gamma');
    expect(observed.standing()).toEqual([]);
    expect(objectsIn('elsewhere')).toEqual([]);
  });

  test('holds from its first look on, and lets go without a restart when the last bot has left the old namespace', async () => {
    await cluster.apply();
    cluster.repo.moveTo('elsewhere').synth().commit();
    const loop = run();
    await held(loop);
    expect(objectsIn('elsewhere')).toEqual([]);

    const { store } = cluster.server;
    for (const { kind, metadata } of store.objects()) {
      if (metadata.namespace !== 'claworc' || kind === 'PersistentVolumeClaim') continue;
      store.finish(cluster.target(kind as 'Deployment', metadata.name));
    }

    await applied(loop);
    await applied(loop, 'bot-beta');
    expect(loop.reconciler.observed.standing()).toEqual([]);
    expect(loop.reconciler.observed.namespace()).toBe('elsewhere');
    expect(objectsIn('elsewhere').join()).toContain('Deployment/bot-beta');
    expect(objectsIn('claworc').filter((name) => name.startsWith('PersistentVolumeClaim/'))).toHaveLength(8);
  });

  test('remembers where it worked, whatever became of the history of main', async () => {
    const loop = run();
    await applied(loop);

    cluster.repo.moveTo('elsewhere').synth().commit(null);
    loop.reconciler.reconcileNow();

    await vi.waitFor(
      () => expect(loop.reconciler.observed.standing()[0]).toMatch(/^Held: .* in (namespace )?claworc/),
      WAIT,
    );
    expect(objectsIn('elsewhere')).toEqual([]);
  });

  test('shows a leaving bot of the old namespace as leaving, with what it waits for', async () => {
    const loop = run();
    await applied(loop);

    cluster.repo.remove('bot-beta', 'retain').moveTo('elsewhere');
    loop.publish();
    await held(loop);

    await vi.waitFor(
      () =>
        expect(loop.unit('bot-beta')?.leaving).toMatchObject({
          waitsFor: 'main names namespace elsewhere, and bots live in claworc: nothing is applied',
        }),
      WAIT,
    );
    expect(loop.unit('bot-beta')?.leaving?.objects).toContain('Deployment bot-beta');
  });

  test('writes nothing before the cluster has told who lives in the old namespace', async () => {
    await cluster.apply();
    cluster.repo.moveTo('elsewhere').synth().commit();
    let refusals = 0;
    cluster.server.fault = ({ path, query }) => {
      const isProbe = path === '/api/v1/namespaces/claworc/pods' && !query.has('watch');
      return isProbe && refusals++ < 2 ? status(503, 'ServiceUnavailable', 'not now') : undefined;
    };
    const loop = run({ random: () => 0 });

    await held(loop);

    expect(refusals).toBeGreaterThan(2);
    expect(objectsIn('elsewhere')).toEqual([]);
  });
});
