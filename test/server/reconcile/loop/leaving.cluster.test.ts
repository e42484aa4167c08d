import { describe, expect, test, vi } from 'vitest';
import { PART_OF_LABEL, UNIT_ANNOTATION } from '../../../../server/reconcile/desired/stamp.ts';
import { Cluster, hasPlane } from '../cluster-fixture.ts';
import { Loop, WAIT } from '../loop-fixture.ts';

describe.skipIf(!hasPlane)('what leaves, and a namespace that goes', () => {
  test('a namespace that is deleted while the loop runs is made again with all in it', async () => {
    await using cluster = await Cluster.create();
    cluster.repo.record('bot-alpha').synth().commit();
    await using loop = new Loop(cluster);
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied' }), WAIT);
    const uid = (): Promise<string> =>
      cluster.kubectl('get', 'namespace', cluster.namespace, '-o', 'jsonpath={.metadata.uid}').catch(() => '');
    const before = await uid();

    await cluster.kubectl('delete', 'namespace', cluster.namespace, '--wait=false');

    await vi.waitFor(async () => {
      const now = await uid();
      expect([now === '', now === before]).toEqual([false, false]);
      expect(await cluster.names()).toContain('Deployment/bot-alpha');
      expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied' });
      expect(loop.reconciler.observed.standing()).toEqual([]);
    }, WAIT);
  });

  test('objects that lost their marks while nobody watched are told, stay, and apply does not wait for their pod', async () => {
    await using cluster = await Cluster.create();
    cluster.repo.record('bot-alpha').synth().commit();
    await cluster.apply();
    for (const kind of ['deployment', 'service', 'networkpolicy']) {
      const name = kind === 'service' ? 'bot-alpha-vnc' : 'bot-alpha';
      await cluster.kubectl('label', kind, name, `${PART_OF_LABEL}-`);
      await cluster.kubectl('annotate', kind, name, `${UNIT_ANNOTATION}-`);
    }
    cluster.repo.remove('bot-alpha', 'retain').synth().commit();

    const { units } = await cluster.apply();
    await using loop = new Loop(cluster);

    expect(units.find(({ unit }) => unit === 'bot-alpha')?.state).not.toBe('waiting');
    await vi.waitFor(() => {
      expect(loop.unit('bot-alpha')?.leaving?.waitsFor).toContain(
        'Deployment bot-alpha: Claworc applied it, but it lost',
      );
      expect(loop.unit('bot-alpha')?.lostMarks).toHaveLength(3);
    }, WAIT);
    expect(await cluster.names('app=bot-alpha')).toContain('Deployment/bot-alpha');

    const given = /`(kubectl .*)`/.exec(loop.unit('bot-alpha')?.lostMarks[0] ?? '')?.[1] ?? '';
    for (const command of given.split(' && ')) {
      await cluster.kubectl(...command.split(' ').slice(3));
    }
    await vi.waitFor(() => expect(loop.unit('bot-alpha')?.lostMarks).toHaveLength(2), WAIT);
  });
});
