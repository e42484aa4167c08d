import { describe, expect, test, vi } from 'vitest';
import { Cluster, hasPlane } from '../cluster-fixture.ts';
import { Loop, WAIT } from '../loop-fixture.ts';

describe.skipIf(!hasPlane)('a main that was rewound', () => {
  test('counts once a person accepted it, and the commits after it are written down as ever', async () => {
    await using cluster = await Cluster.create();
    const written = (): Promise<string> =>
      cluster.kubectl('get', 'cm', 'claworc-applyset', '-o', 'jsonpath={.metadata.annotations.claworc\\.dev/commit}');
    const root = cluster.repo.record('bot-alpha').synth().commit();
    const last = cluster.repo.record('bot-beta').synth().commit();
    await cluster.apply();
    const commit = cluster.repo.remove('bot-beta', 'retain').synth().commit(root);
    await using loop = new Loop(cluster);
    await vi.waitFor(() => expect(loop.reconciler.observed.rewind()).toMatchObject({ commit, last }), WAIT);
    await vi.waitFor(() => expect(loop.unit('bot-beta')?.leaving).toMatchObject({ isStuck: true }), WAIT);
    await loop.reconciler.acceptRewind({ commit, last });
    expect(await written()).toBe(commit);
    await vi.waitFor(async () => expect(await cluster.objects('deploy', 'app=bot-beta')).toEqual([]), WAIT);

    const next = cluster.repo.record('bot-gamma').synth().commit();
    loop.reconciler.reconcileNow();
    await vi.waitFor(() => expect(loop.unit('bot-gamma')).toMatchObject({ sync: 'applied', commit: next }), WAIT);
    await vi.waitFor(async () => expect(await written()).toBe(next), WAIT);
    expect(loop.unit('fleet')).toMatchObject({ sync: 'applied' });
    expect(loop.reconciler.observed.standing()).toEqual([]);
  });
});
