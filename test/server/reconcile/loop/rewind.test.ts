import { expect, test, vi } from 'vitest';
import { COMMIT_ANNOTATION } from '../../../../server/reconcile/plan/applyset.ts';
import { Loop, WAIT } from '../loop-fixture.ts';
import { MemoryCluster } from '../memory-cluster.ts';

const written = (cluster: MemoryCluster): string | undefined =>
  cluster.find('ConfigMap', 'claworc-applyset')?.metadata.annotations?.[COMMIT_ANNOTATION];

test('a main that was rewound removes nothing until a person accepts exactly what they saw; then it does, and counts after a restart', async () => {
  await using cluster = await MemoryCluster.create();
  const root = cluster.repo.record('bot-alpha').synth().commit();
  const last = cluster.repo.record('bot-beta').synth().commit();
  await cluster.apply();
  const commit = cluster.repo.remove('bot-beta', 'retain').synth().commit(root);
  {
    await using loop = new Loop(cluster);
    const { observed } = loop.reconciler;
    await vi.waitFor(() => expect(observed.rewind()).toMatchObject({ commit, last }), WAIT);
    await vi.waitFor(() => expect(loop.unit('bot-beta')?.leaving).toMatchObject({ isStuck: true }), WAIT);
    expect(observed.standing().join()).toContain('does not come after');
    expect(cluster.names()).toContain('Deployment/bot-beta');

    await expect(loop.reconciler.acceptRewind({ commit, last: root })).rejects.toThrow(/not what stands now/);
    await expect(loop.reconciler.acceptRewind({ commit: last, last })).rejects.toThrow(/not what stands now/);
    expect(written(cluster)).toBe(last);

    await loop.reconciler.acceptRewind({ commit, last });
    await vi.waitFor(() => expect(cluster.names()).not.toContain('Deployment/bot-beta'), WAIT);
    await vi.waitFor(() => expect(observed.standing()).toEqual([]), WAIT);
    expect(observed.rewind()).toBeNull();
    await expect(loop.reconciler.acceptRewind({ commit, last })).rejects.toThrow(/main follows/);
  }
  expect(written(cluster)).toBe(commit);
  await using again = new Loop(cluster);
  await vi.waitFor(() => expect(again.unit('bot-alpha')).toMatchObject({ sync: 'applied' }), WAIT);
  expect(again.reconciler.observed.rewind()).toBeNull();
});

test('a main that was rewound is told even where nothing waits for it, until it is accepted', async () => {
  await using cluster = await MemoryCluster.create();
  const root = cluster.repo.record('bot-alpha').synth().commit();
  const last = cluster.repo
    .record('bot-alpha', { env: { NEW: '1' } })
    .synth()
    .commit();
  await cluster.apply();
  const commit = cluster.repo
    .record('bot-alpha', { env: { OTHER: '1' } })
    .synth()
    .commit(root);
  await using loop = new Loop(cluster);
  const { observed } = loop.reconciler;
  await vi.waitFor(() => expect(observed.standing().join()).toContain('does not come after'), WAIT);
  await loop.reconciler.acceptRewind({ commit, last });
  await vi.waitFor(() => expect(observed.standing()).toEqual([]), WAIT);
});
