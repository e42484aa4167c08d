import { expect, test } from 'vitest';
import type { ApplyRepoOptions } from '../../../../server/reconcile/once/apply-repo.ts';
import { MemoryCluster } from '../memory-cluster.ts';

test('an apply tells of each unit as it is done, and of how many there are', async () => {
  await using cluster = await MemoryCluster.create();
  cluster.repo.record('bot-alpha').record('bot-beta').synth().commit();
  const told: string[] = [];
  const onProgress: ApplyRepoOptions['onProgress'] = ({ unit, state }, units) =>
    void told.push(`${unit} ${state} of ${units}`);
  const { plan } = await cluster.apply({ onProgress });
  expect(new Set(told)).toEqual(new Set(plan.units.map(({ unit }) => `${unit} done of ${plan.units.length}`)));
});
