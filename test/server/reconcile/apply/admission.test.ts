import { expect, test } from 'vitest';
import { MemoryCluster } from '../memory-cluster.ts';

const ON_THE_WAY = 'changed on the way in by the cluster: spec.replicas is 2, main says 1';

/** As a webhook that always writes two replicas. */
async function withAdmission(): Promise<MemoryCluster> {
  const cluster = await MemoryCluster.withAlpha();
  cluster.server.store.admit = (object) =>
    object.kind === 'Deployment' ? { ...object, spec: { ...(object.spec as object), replicas: 2 } } : object;
  return cluster;
}

const deploymentOf = ({ units }: Awaited<ReturnType<MemoryCluster['plan']>>) =>
  units[0]!.actions.find(({ kind }) => kind === 'Deployment');

test('what admission changes is told once and not fought: plan and apply converge', async () => {
  await using cluster = await withAdmission();
  expect((await cluster.apply()).units[0]).toMatchObject({ state: 'done' });
  expect(deploymentOf(await cluster.plan())).toMatchObject({ action: 'unchanged', drift: false, reason: ON_THE_WAY });
  const writes = cluster.writes().length;
  expect((await cluster.apply()).units[0]).toMatchObject({ state: 'done', wrote: false });
  expect(cluster.writes().length).toBe(writes);
});

test('a hand edit beside what admission changes is still put right', async () => {
  await using cluster = await withAdmission();
  await cluster.apply();
  cluster.edit('Deployment', 'bot-alpha', 'kubectl-edit', { metadata: { labels: { app: 'mine' } } });
  expect(deploymentOf(await cluster.plan())).toMatchObject({ action: 'configure', drift: true });
  expect((await cluster.apply()).units[0]).toMatchObject({ state: 'done' });
  expect(cluster.find('Deployment', 'bot-alpha')?.metadata.labels).toMatchObject({ app: 'bot-alpha' });
});

test('a value that another manager took over is no change on the way in', async () => {
  await using cluster = await MemoryCluster.withAlpha();
  await cluster.apply();
  cluster.edit('Deployment', 'bot-alpha', 'hpa', { spec: { replicas: 2 } });
  expect(deploymentOf(await cluster.plan())).toMatchObject({
    action: 'conflict',
    reason: 'spec.replicas is held by hpa',
  });
});
