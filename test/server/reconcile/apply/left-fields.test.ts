import { describe, expect, test } from 'vitest';
import type { LiveObject } from '../../../../server/cluster/live-object.ts';
import { MemoryCluster } from '../memory-cluster.ts';

/** bot-alpha on main, in a fleet that leaves fields to the cluster. */
async function leaving(...rules: readonly string[]): Promise<MemoryCluster> {
  const cluster = await MemoryCluster.withAlpha();
  leave(cluster, ...rules);
  return cluster;
}

function leave({ repo }: MemoryCluster, ...rules: readonly string[]): void {
  const lines = rules.map((rule) => `      - ${rule}\n`).join('');
  const policy = `  policy:\n    leaveToCluster:\n${lines}`;
  repo.write('claworc.yaml', repo.text('claworc.yaml').replace('spec:\n', `spec:\n${policy}`));
  expect(repo.repo.problems).toEqual([]);
  repo.synth().commit();
}

/** Nothing differs, and an apply sends nothing. */
async function expectSettled(cluster: MemoryCluster): Promise<void> {
  const { units } = await cluster.plan();
  const told = units
    .flatMap(({ actions }) => actions)
    .filter(({ action, reason }) => action !== 'unchanged' || reason !== '');
  expect(told.map(({ action, kind, reason }) => `${action} ${kind} ${reason}`)).toEqual([]);
  const writes = cluster.writes().length;
  await cluster.apply();
  expect(cluster.writes().length).toBe(writes);
}

const live = (cluster: MemoryCluster): LiveObject => cluster.find('Deployment', 'bot-alpha')!;
const managersOf = (cluster: MemoryCluster, field: string): readonly string[] =>
  (live(cluster).metadata.managedFields ?? []).flatMap(({ manager = '', fieldsV1 }) =>
    JSON.stringify(fieldsV1).includes(field) ? [manager] : [],
  );
const containerOf = (cluster: MemoryCluster): { image: string; env: { name: string; value?: string }[] } =>
  (live(cluster).spec as { template: { spec: { containers: [never] } } }).template.spec.containers[0];

const REPLICAS = '{kind: Deployment, fields: [spec.replicas]}';

describe('a field that claworc.yaml leaves to the cluster', () => {
  test('is as main says when the object is made', async () => {
    await using cluster = await leaving(REPLICAS);
    await cluster.apply();
    expect(live(cluster).spec).toMatchObject({ replicas: 1 });
    await expectSettled(cluster);
  });

  test('belongs to whoever takes it: no conflict, no drift, and not ours any more with the next change', async () => {
    await using cluster = await leaving(REPLICAS);
    await cluster.apply();
    cluster.edit('Deployment', 'bot-alpha', 'autoscaler', { spec: { replicas: 3 } });
    await expectSettled(cluster);
    cluster.repo
      .record('bot-alpha', { env: { A: '1' } })
      .synth()
      .commit();
    expect((await cluster.apply()).units[0]).toMatchObject({ state: 'done' });
    expect(live(cluster).spec).toMatchObject({ replicas: 3 });
    expect(managersOf(cluster, 'f:replicas')).toEqual(['autoscaler']);
    await expectSettled(cluster);
  });

  test('is given up without a word where somebody owns the same value beside us', async () => {
    await using cluster = await leaving(REPLICAS);
    await cluster.apply();
    cluster.share('Deployment', 'bot-alpha', 'mesh', { spec: { replicas: 1 } });
    cluster.repo
      .record('bot-alpha', { env: { A: '1' } })
      .synth()
      .commit();
    expect((await cluster.apply()).units[0]).toMatchObject({ state: 'done' });
    expect(managersOf(cluster, 'f:replicas')).toEqual(['mesh']);
    await expectSettled(cluster);
  });

  test('stays as admission made it, untold, through every later change', async () => {
    await using cluster = await leaving(
      '{kind: Deployment, fields: ["spec.template.spec.containers[name=\\"moltbot\\"].image"]}',
    );
    cluster.server.store.admit = (object) => {
      if (object.kind !== 'Deployment') return object;
      const copy = structuredClone(object) as LiveObject & {
        spec: { template: { spec: { containers: { image: string }[] } } };
      };
      const [container] = copy.spec.template.spec.containers;
      if (container !== undefined && !container.image.startsWith('mirror/'))
        container.image = `mirror/${container.image}`;
      return copy;
    };
    await cluster.apply();
    const { image } = containerOf(cluster);
    expect(image).toMatch(/^mirror\//);
    await expectSettled(cluster);
    cluster.repo
      .record('bot-alpha', { image: 'ghcr.io/acme/bot:2', env: { A: '1' } })
      .synth()
      .commit();
    await cluster.apply();
    expect(containerOf(cluster).image).toBe(image);
    expect(managersOf(cluster, 'f:image')).toEqual(['claworc']);
    await expectSettled(cluster);
  });

  test('of a claim whose size admission raised lets a label of the claim through', async () => {
    await using cluster = await leaving('{kind: PersistentVolumeClaim, fields: [spec.resources.requests.storage]}');
    cluster.server.store.admit = (object) =>
      object.kind !== 'PersistentVolumeClaim' || object.metadata.resourceVersion !== undefined
        ? object
        : { ...object, spec: { ...(object.spec as object), resources: { requests: { storage: '20Gi' } } } };
    await cluster.apply();
    await expectSettled(cluster);
    cluster.edit('PersistentVolumeClaim', 'bot-alpha-chrome', 'kubectl-label', {
      metadata: { labels: { app: 'mine' } },
    });
    expect((await cluster.apply()).units[0]).toMatchObject({ state: 'done' });
    const claim = cluster.find('PersistentVolumeClaim', 'bot-alpha-chrome');
    expect(claim?.metadata.labels).toMatchObject({ app: 'bot-alpha' });
    expect(claim?.spec).toMatchObject({ resources: { requests: { storage: '20Gi' } } });
  });

  test('may be an item of a list that somebody takes out', async () => {
    await using cluster = await leaving(
      '{kind: Deployment, fields: ["spec.template.spec.containers[name=\\"moltbot\\"].env[name=\\"VNC_DEPTH\\"]"]}',
    );
    await cluster.apply();
    const { env } = containerOf(cluster);
    const { template } = live(cluster).spec as { template: { spec: { containers: object[] } } };
    const containers = [{ ...template.spec.containers[0], env: env.filter(({ name }) => name !== 'VNC_DEPTH') }];
    cluster.edit('Deployment', 'bot-alpha', 'mesh', { spec: { template: { spec: { containers } } } });
    await expectSettled(cluster);
    cluster.repo
      .record('bot-alpha', { env: { A: '1' } })
      .synth()
      .commit();
    await cluster.apply();
    expect(containerOf(cluster).env.map(({ name }) => name)).not.toContain('VNC_DEPTH');
    expect(containerOf(cluster).env.map(({ name }) => name)).toContain('A');
    await expectSettled(cluster);
  });

  test('leaves all others as they were: a hand edit beside it is put right', async () => {
    await using cluster = await leaving(REPLICAS);
    await cluster.apply();
    cluster.edit('Deployment', 'bot-alpha', 'kubectl-edit', { spec: { replicas: 3, revisionHistoryLimit: 9 } });
    await cluster.apply();
    expect(live(cluster).spec).toMatchObject({ replicas: 3, revisionHistoryLimit: 2 });
  });

  test('is held again as soon as the rule is gone', async () => {
    await using cluster = await leaving(REPLICAS);
    await cluster.apply();
    cluster.edit('Deployment', 'bot-alpha', 'autoscaler', { spec: { replicas: 3 } });
    const { repo } = cluster;
    repo.write('claworc.yaml', repo.text('claworc.yaml').replace(/ {2}policy:\n.*\n.*\n/, ''));
    repo.synth().commit();
    const [unit] = (await cluster.plan()).units;
    expect(unit?.actions.find(({ kind }) => kind === 'Deployment')).toMatchObject({
      action: 'conflict',
      isHeldByField: true,
      reason: 'spec.replicas is held by autoscaler (3, main says 1)',
    });
  });
});
