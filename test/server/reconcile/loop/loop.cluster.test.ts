import { describe, expect, test, vi } from 'vitest';
import { createReconciler } from '../../../../server/reconcile/loop/create-reconciler.ts';
import { systemClock } from '../../../../server/lib/clock.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { Cluster, hasPlane } from '../cluster-fixture.ts';
import { VERSION } from '../repo-fixture.ts';
import { Loop, WAIT } from '../loop-fixture.ts';

describe.skipIf(!hasPlane)('the loop', () => {
  test('brings a bot up, stops it, and says so at each step', async () => {
    await using cluster = await Cluster.create();
    cluster.repo.commit();
    await using loop = new Loop(cluster);
    const seen = new Set<string>();
    loop.reconciler.observed.subscribe(() => {
      const unit = loop.unit('bot-alpha');
      if (unit !== undefined) seen.add(`${unit.sync} ${unit.status}`);
    });
    cluster.repo.record('bot-alpha');
    const commit = loop.publish();

    await vi.waitFor(
      () => expect(loop.unit('bot-alpha')).toMatchObject({ status: 'running', sync: 'applied', commit }),
      WAIT,
    );
    expect([...seen]).toContain('published creating');
    expect([...seen]).toContain('applied creating');
    const health = (): unknown => loop.unit('bot-alpha')?.objects.map((object) => [object.kind, object.health]);
    // The Deployment counts its pods a moment after they are ready.
    await vi.waitFor(() => expect(health()).toContainEqual(['Deployment', '1 of 1 ready']), WAIT);
    expect(loop.reconciler.observed.connection()).toMatchObject({ state: 'connected', detail: '' });

    cluster.repo.record('bot-alpha', { state: 'stopped' });
    loop.publish();
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ status: 'stopped', sync: 'applied' }), WAIT);
  });

  test('puts drift right as it is seen, and makes what was deleted again', async () => {
    await using cluster = await Cluster.create();
    cluster.repo.record('bot-alpha').synth().commit();
    await using loop = new Loop(cluster);
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied', status: 'running' }), WAIT);

    await cluster.kubectl('annotate', 'deployment', 'bot-alpha', 'claworc.dev/digest=changed', '--overwrite');
    await cluster.kubectl('scale', 'deployment', 'bot-alpha', '--replicas=0');
    await expect
      .poll(() => cluster.kubectl('get', 'deploy', 'bot-alpha', '-o', 'jsonpath={.spec.replicas}'), WAIT)
      .toBe('1');
    await vi.waitFor(
      () => expect(loop.unit('bot-alpha')?.events.map(({ title }) => title)).toContain('Drift corrected'),
      WAIT,
    );

    await cluster.kubectl('delete', 'service', 'bot-alpha-vnc');
    await expect.poll(() => cluster.names('app=bot-alpha'), WAIT).toContain('Service/bot-alpha-vnc');
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied' }), WAIT);
  });

  test('sends nothing while nothing changes', async () => {
    await using cluster = await Cluster.create();
    cluster.repo.record('bot-alpha').record('bot-beta').synth().commit();
    await using loop = new Loop(cluster);
    await vi.waitFor(() => {
      expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied', status: 'running' });
      expect(loop.unit('bot-beta')).toMatchObject({ sync: 'applied', status: 'running' });
    }, WAIT);
    await expect
      .poll(
        () =>
          cluster.kubectl(
            'get',
            'cm',
            'claworc-applyset',
            '-o',
            'jsonpath={.metadata.annotations.claworc\\.dev/commit}',
          ),
        WAIT,
      )
      .toBe(cluster.repo.head());
    const before = new Map(cluster.api.http.sent);

    loop.reconciler.reconcileNow();
    // Pods change by themselves meanwhile: events of another kind than ours reach the loop too.
    await cluster.kubectl('annotate', 'pods', '--all', 'seen=1');
    await expect.poll(() => loop.reconciler.observed.unit('bot-alpha')?.sync).toBe('applied');
    await cluster.kubectl('get', 'pods');
    expect(new Map(cluster.api.http.sent)).toEqual(before);
  });

  test('removes a bot by its tombstone when its pod has ended, and lists the volumes it kept', async () => {
    await using cluster = await Cluster.create();
    cluster.repo.record('bot-alpha').synth().commit();
    await using loop = new Loop(cluster);
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ status: 'running', sync: 'applied' }), WAIT);

    cluster.repo.remove('bot-alpha', 'retain');
    loop.publish();
    await vi.waitFor(() => expect(loop.reconciler.observed.retained()).toHaveLength(1), WAIT);
    expect(loop.reconciler.observed.retained()[0]).toEqual({
      instance: 'bot-alpha',
      volumes: ['bot-alpha-chrome', 'bot-alpha-clawd', 'bot-alpha-clawdbot', 'bot-alpha-homebrew'],
    });
    await expect.poll(async () => (await cluster.names('app=bot-alpha')).length, WAIT).toBe(4);

    cluster.repo.record('bot-alpha');
    loop.publish();
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ status: 'running', sync: 'applied' }), WAIT);
    expect(loop.reconciler.observed.retained()).toEqual([]);

    cluster.repo.remove('bot-alpha', 'destroy');
    loop.publish();
    await expect.poll(() => cluster.names(), WAIT).toEqual(['ConfigMap/claworc-applyset']);
  });

  test('only looks at a cluster that nobody has accepted', async () => {
    await using cluster = await Cluster.create();
    cluster.repo.record('bot-alpha').synth().commit();
    await using loop = new Loop(cluster, { admit: () => false });
    await vi.waitFor(() => expect(loop.reconciler.observed.connection()).toMatchObject({ state: 'offered' }), WAIT);
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'published' }), WAIT);
    expect(cluster.writes()).toBe(0);

    loop.reconciler.accept();
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied' }), WAIT);
  });

  test('removes nothing on the word of a main that was rewound', async () => {
    await using cluster = await Cluster.create();
    const root = cluster.repo.record('bot-alpha').synth().commit();
    cluster.repo.record('bot-beta').synth().commit();
    await using loop = new Loop(cluster);
    await vi.waitFor(() => expect(loop.unit('bot-beta')).toMatchObject({ sync: 'applied' }), WAIT);
    await expect
      .poll(() => cluster.kubectl('get', 'cm', 'claworc-applyset', '-o', 'jsonpath={.metadata.annotations}'), WAIT)
      .toContain(cluster.repo.head());

    cluster.repo
      .remove('bot-beta', 'destroy')
      .record('bot-alpha', { env: { EXTRA: '1' } })
      .synth()
      .commit(root);
    loop.reconciler.reconcileNow();
    await vi.waitFor(
      () => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied', commit: cluster.repo.head() }),
      WAIT,
    );
    await vi.waitFor(() => expect(loop.unit('bot-beta')?.objects[0]?.reason).toContain('does not come after'), WAIT);
    expect(await cluster.names('app=bot-beta')).toHaveLength(8);
  });
});

describe('without a cluster', () => {
  test('says what to do, and shows main all the same', async () => {
    const { RepoFixture } = await import('../repo-fixture.ts');
    const repo = await RepoFixture.create('claworc');
    repo.record('bot-alpha').synth().commit();
    const reconciler = createReconciler({
      api: null,
      source: {
        head: async () => repo.head(),
        readFiles: async (commit) => ({ files: repo.filesAt(commit), refused: [] }),
        parentOf: async () => null,
        orderOf: async () => 'after',
        fileVersions: async () => ({ versions: [], isWhole: true }),
      },
      version: VERSION,
      log: silentLog,
      clock: systemClock,
    });
    const stop = new AbortController();
    const done = reconciler.run(stop.signal);
    await vi.waitFor(() =>
      expect(reconciler.observed.unit('bot-alpha')).toMatchObject({ sync: 'published', status: 'creating' }),
    );
    expect(reconciler.observed.connection()).toMatchObject({ state: 'none' });
    expect(reconciler.observed.connection().detail).toContain('--kubeconfig');
    stop.abort();
    await done;
  });
});
