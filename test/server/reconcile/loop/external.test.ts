import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FLEET_UNIT } from '../../../../constructs/repo/index.ts';
import { parentNameOf } from '../../../../server/reconcile/desired/applyset-id.ts';
import type { ReconcilerOptions } from '../../../../server/reconcile/loop/reconciler.ts';
import { applyAsFlux } from '../external-applier.ts';
import { Loop, WAIT } from '../loop-fixture.ts';
import { MemoryCluster } from '../memory-cluster.ts';

let cluster: MemoryCluster;
const loops: Loop[] = [];
const run = (changes: Partial<ReconcilerOptions> = {}): Loop => {
  const loop = new Loop(cluster, changes);
  loops.push(loop);
  return loop;
};
const shows = (loop: Loop, expected: object, unit = 'bot-alpha'): Promise<void> =>
  vi.waitFor(() => expect(loop.unit(unit)).toMatchObject(expected), WAIT);

beforeEach(async () => {
  cluster = await MemoryCluster.create();
  cluster.repo.appliedBy('external').record('bot-alpha').synth().commit();
});
afterEach(async () => {
  for (const loop of loops.splice(0)) await loop.stop();
  await cluster[Symbol.asyncDispose]();
});

describe('the loop of a fleet that another program applies', () => {
  test('writes nothing, and tells what is not applied yet and then who applied it', async () => {
    const loop = run();
    await shows(loop, {
      sync: 'published',
      reason: 'not applied yet',
      status: 'creating',
      statusReason: 'Not applied yet',
    });

    applyAsFlux(cluster);

    await shows(loop, { sync: 'applied', reason: 'by kustomize-controller', commit: cluster.repo.head() });
    expect(loop.unit('bot-alpha')?.appliedAt).not.toBeNull();
    expect(loop.reconciler.observed.connection().state).toBe('connected');
    expect(loop.reconciler.observed.standing()).toEqual([]);
    expect(cluster.writes()).toEqual([]);
  });

  test('tells a new commit that is not applied yet from a change that somebody made since', async () => {
    const loop = run();
    applyAsFlux(cluster);
    await shows(loop, { sync: 'applied' });
    const before = loop.unit('bot-alpha')?.commit;

    cluster.repo.record('bot-alpha', { image: 'registry.example/bot:2' });
    const after = loop.publish();

    await shows(loop, { sync: 'published', commit: before });
    expect(loop.unit('bot-alpha')?.reason).toMatch(
      /^Deployment bot-alpha: not applied yet: spec\.template\.spec\.containers\[name="moltbot"\]\.image$/,
    );

    applyAsFlux(cluster);
    await shows(loop, { sync: 'applied', commit: after });

    cluster.edit('Deployment', 'bot-alpha', 'kubectl-edit', { spec: { replicas: 0 } });
    await shows(loop, {
      sync: 'drifted',
      reason: 'Deployment bot-alpha: differs in spec.replicas (set by kubectl-edit)',
    });
    expect(cluster.writes()).toEqual([]);
  });

  test('tells a removed bot that still lives, and asks for its volumes only where its tombstone gives up the data', async () => {
    cluster.repo.record('bot-beta').synth().commit();
    const loop = run();
    applyAsFlux(cluster);
    await shows(loop, { sync: 'applied' });

    cluster.repo.remove('bot-alpha', 'retain').remove('bot-beta', 'destroy');
    loop.publish();

    const waitsFor = 'still there, its applier has not removed it';
    await shows(loop, { leaving: { data: 'retain', waitsFor, isStuck: false } });
    await shows(loop, { leaving: { data: 'destroy', waitsFor, isStuck: false } }, 'bot-beta');
    expect(loop.unit('bot-alpha')?.leaving?.objects).not.toContain('PersistentVolumeClaim bot-alpha-clawd');

    for (const { kind, metadata } of cluster.server.store.objects()) {
      if (kind !== 'PersistentVolumeClaim' && metadata.name.startsWith('bot-'))
        cluster.server.store.finish(cluster.target(kind as 'Deployment', metadata.name));
    }

    await shows(loop, { leaving: null });
    await shows(loop, { leaving: { isStuck: true } }, 'bot-beta');
    expect(loop.unit('bot-beta')?.leaving?.waitsFor).toContain(
      '`kubectl -n claworc delete persistentvolumeclaim bot-beta-homebrew',
    );
    expect(cluster.writes()).toEqual([]);
  });

  test('stops writing with the commit that names another applier, and takes everything over with the one that names it again', async () => {
    cluster.repo.appliedBy('claworc').synth().commit();
    const loop = run();
    await shows(loop, { sync: 'applied', reason: '' });
    await vi.waitFor(() => expect(cluster.find('ConfigMap', parentNameOf(FLEET_UNIT))).toBeDefined(), WAIT);

    cluster.repo.appliedBy('external').record('bot-alpha', { image: 'registry.example/bot:2' });
    loop.publish();
    await shows(loop, { sync: 'published' });
    const written = cluster.writes().length;

    applyAsFlux(cluster);
    await shows(loop, { sync: 'applied', reason: 'by kustomize-controller' });
    cluster.repo.record('bot-beta');
    loop.publish();
    await shows(loop, { sync: 'published' }, 'bot-beta');
    applyAsFlux(cluster);
    await shows(loop, { sync: 'applied' }, 'bot-beta');
    expect(cluster.writes()).toHaveLength(written);

    const template = cluster.find('Deployment', 'bot-beta')?.spec;
    cluster.repo.appliedBy('claworc');
    loop.publish();

    await shows(loop, { sync: 'applied', reason: '' }, 'bot-beta');
    await shows(loop, { sync: 'applied', reason: '' });
    expect(cluster.find('Deployment', 'bot-beta')?.metadata.annotations).toHaveProperty(['claworc.dev/unit']);
    expect(cluster.find('Deployment', 'bot-beta')?.spec).toEqual(template);
  });

  test('looks at a cluster that nobody accepted, and asks for that before it writes again', async () => {
    const loop = run({ admit: () => false });
    applyAsFlux(cluster);
    await shows(loop, { sync: 'applied', reason: 'by kustomize-controller' });
    const connection = { state: 'connected', detail: '' };
    await vi.waitFor(() => expect(loop.reconciler.observed.connection()).toMatchObject(connection), WAIT);

    cluster.repo.appliedBy('claworc');
    loop.publish();

    await vi.waitFor(() => expect(loop.reconciler.observed.connection().state).toBe('offered'), WAIT);
    await shows(loop, { sync: 'published' });
    expect(cluster.writes()).toEqual([]);
  });
});
