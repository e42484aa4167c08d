import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../../constructs/kube-object.ts';
import { desiredUnit } from '../../../../server/reconcile/desired/desired.ts';
import { MemoryCluster } from '../memory-cluster.ts';

const OLD = 'spec.template.spec.containers[name="moltbot"].env[name="OLD"]';
const container = (part: Readonly<Record<string, unknown>>) => ({
  spec: { template: { spec: { containers: [{ name: 'moltbot', ...part }] } } },
});
const oldEnv = container({ env: [{ name: 'OLD', value: '1' }] });

/** One whose bot had the variable OLD, which main drops after `between`. */
async function droppingOld(between: (cluster: MemoryCluster) => void): Promise<MemoryCluster> {
  const cluster = await MemoryCluster.create();
  cluster.repo
    .record('bot-alpha', { env: { OLD: '1', KEPT: '1' } })
    .synth()
    .commit();
  await cluster.apply();
  between(cluster);
  cluster.repo
    .record('bot-alpha', { env: { KEPT: '1' } })
    .synth()
    .commit();
  return cluster;
}

const deploymentIn = ({ units }: Awaited<ReturnType<MemoryCluster['plan']>>) =>
  units[0]!.actions.find(({ kind }) => kind === 'Deployment')!;

function envOf(cluster: MemoryCluster): readonly string[] {
  const { spec } = cluster.find('Deployment', 'bot-alpha') as unknown as {
    spec: { template: { spec: { containers: { env?: { name: string }[] }[] } } };
  };
  return (spec.template.spec.containers[0]?.env ?? []).map(({ name }) => name);
}

describe('a field that main drops and that a hand edit owns too', () => {
  test.each(['kubectl', 'kubectl-client-side-apply'])(
    'is drift, told with %s as owner, and put right',
    async (hand) => {
      await using cluster = await droppingOld((one) => one.share('Deployment', 'bot-alpha', hand, oldEnv));
      const planned = deploymentIn(await cluster.plan());
      expect(planned.action).toBe('configure');
      expect(planned.fields).toContainEqual({
        field: OLD,
        main: null,
        live: '{"name":"OLD","value":"1"}',
        owners: [hand],
        changedAt: expect.any(String) as string,
      });
      const { units } = await cluster.apply();
      const result = units[0]?.results.find(({ kind }) => kind === 'Deployment');
      expect(result).toMatchObject({ result: 'configured', corrected: true });
      expect(envOf(cluster)).not.toContain('OLD');
      expect(envOf(cluster)).toContain('KEPT');
      expect(deploymentIn(await cluster.plan()).action).toBe('unchanged');
    },
  );

  test('keeps what else the hand owns, and the pod template changes once', async () => {
    await using cluster = await droppingOld((one) =>
      one.share('Deployment', 'bot-alpha', 'kubectl', {
        metadata: { labels: { team: 'one' } },
        ...container({
          env: [
            { name: 'OLD', value: '1' },
            { name: 'MINE', value: '1' },
          ],
        }),
      }),
    );
    const before = cluster.find('Deployment', 'bot-alpha')?.metadata.generation ?? 0;
    await cluster.apply();
    expect(cluster.find('Deployment', 'bot-alpha')?.metadata).toMatchObject({
      generation: before + 1,
      labels: { team: 'one' },
    });
    expect(envOf(cluster)).toContain('MINE');
  });

  test('is dropped also when an object is written by others between our look and our write', async () => {
    await using cluster = await droppingOld((one) => one.share('Deployment', 'bot-alpha', 'kubectl', oldEnv));
    let writes = 0;
    cluster.server.fault = ({ method, path }) => {
      if (method === 'PATCH' && path.endsWith('/deployments/bot-alpha') && writes++ === 0) {
        cluster.edit('Deployment', 'bot-alpha', 'deployment-controller', { metadata: { annotations: { seen: '1' } } });
      }
      return undefined;
    };
    expect((await cluster.apply()).units[0]).toMatchObject({ state: 'done' });
    expect(envOf(cluster)).not.toContain('OLD');
    expect(cluster.find('Deployment', 'bot-alpha')?.metadata.annotations).toMatchObject({ seen: '1' });
  });

  test('goes in any kind: a label of a claim, a key of a ConfigMap', async () => {
    await using cluster = await MemoryCluster.create();
    cluster.repo.record('bot-alpha').synth().commit();
    await cluster.apply();
    // As an older rendering left them: ours, and a person's too.
    for (const manager of ['claworc', 'kubectl']) {
      expect(applyOld(cluster, manager)).toEqual([200, 200]);
    }
    await cluster.apply();
    expect(cluster.find('PersistentVolumeClaim', 'bot-alpha-chrome')?.metadata.labels).not.toHaveProperty('old');
    expect(cluster.find('ConfigMap', 'bot-alpha-config')?.data).not.toHaveProperty('old');
    expect(await changesIn(cluster)).toEqual([]);
  });
});

describe('a field that main drops and that another manager owns too', () => {
  test('is held with manager and field named, and goes as soon as the other has let go', async () => {
    await using cluster = await droppingOld((one) => one.share('Deployment', 'bot-alpha', 'mesh', oldEnv));
    const reason = `${OLD} is held by mesh ({"name":"OLD","value":"1"}, main drops it)`;
    const [unit] = (await cluster.apply()).units;
    expect(unit?.results.find(({ kind }) => kind === 'Deployment')).toMatchObject({ result: 'configured', reason });
    expect(envOf(cluster)).toContain('OLD');
    const writes = cluster.writes().length;
    expect(deploymentIn(await cluster.plan())).toMatchObject({ action: 'conflict', isHeldByField: true, reason });
    await cluster.apply();
    expect(cluster.writes().slice(writes)).toEqual([]);
    cluster.share('Deployment', 'bot-alpha', 'mesh', { metadata: { labels: { mesh: 'on' } } });
    expect((await cluster.apply()).units[0]).toMatchObject({ state: 'done' });
    expect(envOf(cluster)).not.toContain('OLD');
  });

  test('is no reason to hold what others have beside it: their items and labels stay, untold', async () => {
    await using cluster = await droppingOld((one) =>
      one.share('Deployment', 'bot-alpha', 'mesh', {
        metadata: { labels: { mesh: 'on' } },
        ...container({ env: [{ name: 'MESH', value: '1' }] }),
      }),
    );
    const fields = deploymentIn(await cluster.plan()).fields.map(({ field }) => field);
    expect(fields.filter((field) => /mesh|MESH/.test(field))).toEqual([]);
    expect((await cluster.apply()).units[0]).toMatchObject({ state: 'done' });
    expect(envOf(cluster)).toContain('MESH');
    expect(envOf(cluster)).not.toContain('OLD');
  });

  test('is not removed where its claim comes between the look and the write', async () => {
    await using cluster = await droppingOld(() => undefined);
    let writes = 0;
    cluster.server.fault = ({ method, path }) => {
      if (method === 'PATCH' && path.endsWith('/deployments/bot-alpha') && writes++ === 0) {
        cluster.share('Deployment', 'bot-alpha', 'mesh', oldEnv);
      }
      return undefined;
    };
    const { units } = await cluster.apply();
    expect(units[0]?.results.find(({ kind }) => kind === 'Deployment')).toMatchObject({
      result: 'configured',
      conflicts: [{ manager: 'mesh', field: OLD }],
    });
    expect(envOf(cluster)).toContain('OLD');
    expect(deploymentIn(await cluster.plan()).action).toBe('conflict');
  });
});

/** Applies what main says of two objects and one field more, as `manager`. */
function applyOld(cluster: MemoryCluster, manager: string): readonly number[] {
  const unit = desiredUnit(cluster.repo.repo, 'bot-alpha');
  if (unit.state !== 'present') throw new Error(unit.state);
  const write = { manager, dryRun: false, force: false };
  return unit.objects.flatMap(({ kind, name, object }) => {
    const { metadata, data } = object as KubeObject & { data?: object };
    const isOlder = name === 'bot-alpha-chrome' || name === 'bot-alpha-config';
    const old = { metadata: { ...metadata, labels: { ...metadata.labels, old: 'yes' } }, data: { ...data, old: '{}' } };
    const changed = kind === 'ConfigMap' ? { ...object, data: old.data } : { ...object, metadata: old.metadata };
    return isOlder ? [cluster.server.store.apply(cluster.target(kind, name), changed, write).code] : [];
  });
}

const changesIn = async (cluster: MemoryCluster): Promise<readonly string[]> =>
  (await cluster.plan()).units.flatMap(({ actions }) =>
    actions.filter(({ action }) => action !== 'unchanged').map(({ kind, name }) => `${kind}/${name}`),
  );
