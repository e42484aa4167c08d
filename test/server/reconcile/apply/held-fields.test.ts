import { describe, expect, test } from 'vitest';
import { outcomeData, planData } from '../../../../server/reconcile/once/report.ts';
import { formatPlan } from '../../../../server/reconcile/once/words.ts';
import { MemoryCluster } from '../memory-cluster.ts';

const IMAGE = 'spec.template.spec.containers[name="moltbot"].image';

async function applied(): Promise<MemoryCluster> {
  const cluster = await MemoryCluster.withAlpha();
  await cluster.apply();
  return cluster;
}

type Plan = Awaited<ReturnType<MemoryCluster['plan']>>;
const actionOf = ({ units }: Plan, kind: string, name = 'bot-alpha') =>
  units[0]!.actions.find((action) => action.kind === kind && action.name === name)!;

/** An apply that writes nothing. */
async function expectSettled(cluster: MemoryCluster): Promise<void> {
  const writes = cluster.writes().length;
  await cluster.apply();
  expect(cluster.writes().slice(writes)).toEqual([]);
}

const imageOf = (cluster: MemoryCluster): unknown => {
  const { spec } = cluster.find('Deployment', 'bot-alpha') as unknown as {
    spec: { template: { spec: { containers: { image: string }[] } } };
  };
  return spec.template.spec.containers[0]?.image;
};

describe('a field that another manager holds with another value', () => {
  test('stays with it while the rest of the object is applied, once', async () => {
    await using cluster = await applied();
    cluster.edit('Deployment', 'bot-alpha', 'hpa', { spec: { replicas: 3 } });
    cluster.repo.record('bot-alpha', { image: 'registry.example/bot:2' }).synth().commit();

    const text = formatPlan(planData(await cluster.plan()));
    expect(text).toContain('spec.replicas: 3 -> 1 (held by hpa, stays as it is)');
    expect(text).toContain('1 field held by others');
    const outcome = outcomeData(await cluster.apply());

    expect(outcome).toMatchObject({ result: 'waits', states: { withheld: ['bot-alpha'], failed: [] } });
    expect(imageOf(cluster)).toBe('registry.example/bot:2');
    expect(cluster.find('Deployment', 'bot-alpha')?.spec).toMatchObject({ replicas: 3 });
    await expectSettled(cluster);
  });

  test('is taken when its holder lets go of it, and put right when it is taken away by kubectl', async () => {
    await using cluster = await applied();
    cluster.edit('Deployment', 'bot-alpha', 'hpa', { spec: { replicas: 3 } });
    cluster.repo.record('bot-alpha', { image: 'registry.example/bot:2' }).synth().commit();
    await cluster.apply();
    cluster.edit('Deployment', 'bot-alpha', 'kubectl-scale', { spec: { replicas: 2 } });
    await cluster.apply();
    expect(cluster.find('Deployment', 'bot-alpha')?.spec).toMatchObject({ replicas: 1 });
    await expectSettled(cluster);
  });

  test('is given up alone where main moves away from a value that both had, and is not reset', async () => {
    await using cluster = await applied();
    const image = imageOf(cluster);
    const containers = [{ name: 'moltbot', image }];
    cluster.share('Deployment', 'bot-alpha', 'updater', { spec: { template: { spec: { containers } } } });
    cluster.repo
      .record('bot-alpha', { image: 'registry.example/bot:2', env: { NEW: '1' } })
      .synth()
      .commit();

    await cluster.apply();

    expect(imageOf(cluster)).toBe(image);
    expect(JSON.stringify(cluster.find('Deployment', 'bot-alpha')?.spec)).toContain('"NEW"');
    expect(actionOf(await cluster.plan(), 'Deployment')).toMatchObject({
      action: 'conflict',
      fields: [{ field: IMAGE, owners: ['updater'] }],
    });
    await expectSettled(cluster);
    cluster.share('Deployment', 'bot-alpha', 'updater', { metadata: { labels: { updater: 'on' } } });
    await cluster.apply();
    expect(imageOf(cluster)).toBe('registry.example/bot:2');
  });

  test('that is left out while its holder lets go is not reset: what was looked at has to be what is written', async () => {
    await using cluster = await applied();
    const image = imageOf(cluster);
    const containers = [{ name: 'moltbot', image }];
    cluster.share('Deployment', 'bot-alpha', 'updater', { spec: { template: { spec: { containers } } } });
    cluster.repo
      .record('bot-alpha', { image: 'registry.example/bot:2', env: { NEW: '1' } })
      .synth()
      .commit();
    const plan = await cluster.plan();
    cluster.share('Deployment', 'bot-alpha', 'updater', { metadata: { labels: { updater: 'on' } } });

    await cluster.execute(plan, 'bot-alpha');

    expect(imageOf(cluster)).toBe('registry.example/bot:2');
  });

  test('is an atomic list as a whole, a label, an item of a keyed list with its key', async () => {
    await using cluster = await applied();
    cluster.edit('Deployment', 'bot-alpha', 'mesh', { metadata: { labels: { app: 'mesh' } } });
    cluster.edit('NetworkPolicy', 'bot-alpha', 'mesh', { spec: { policyTypes: ['Ingress', 'Egress'] } });
    const ports = (cluster.find('Service', 'bot-alpha-vnc')?.spec as { ports: { name: string }[] }).ports;
    const moved = ports.map((port, index) => (index === 0 ? { ...port, targetPort: 9999 } : port));
    cluster.edit('Service', 'bot-alpha-vnc', 'mesh', { spec: { ports: moved } });
    const plan = await cluster.plan();
    const held = ['Deployment', 'NetworkPolicy', 'Service'].flatMap((kind) =>
      plan.units[0]!.actions.filter((action) => action.kind === kind && action.isHeldByField).flatMap(({ fields }) =>
        fields.map(({ field }) => field),
      ),
    );
    expect(held).toEqual([
      'metadata.labels.app',
      'spec.policyTypes',
      expect.stringMatching(/^spec\.ports\[port=\d+,protocol="TCP"\]\.targetPort$/),
    ]);
    await expectSettled(cluster);
  });
});

test('a bot is not changed under a policy that somebody else wrote', async () => {
  await using cluster = await applied();
  const image = imageOf(cluster);
  cluster.edit('NetworkPolicy', 'bot-alpha', 'mesh', { spec: { policyTypes: ['Ingress', 'Egress'] } });
  cluster.repo.record('bot-alpha', { image: 'registry.example/bot:2' }).synth().commit();
  const [unit] = (await cluster.apply()).units;
  expect(unit).toMatchObject({ state: 'failed', retryable: false });
  expect(unit?.results.find(({ kind }) => kind === 'Deployment')).toMatchObject({
    result: 'waiting',
    reason: 'waits for NetworkPolicy bot-alpha',
  });
  expect(imageOf(cluster)).toBe(image);
});

test('a mark of ours that somebody else holds holds the whole object, and says so', async () => {
  await using cluster = await applied();
  const annotations = { 'claworc.dev/digest': 'another' };
  cluster.edit('ConfigMap', 'bot-alpha-config', 'mesh', { metadata: { annotations } });
  const action = actionOf(await cluster.plan(), 'ConfigMap', 'bot-alpha-config');
  expect(action).toMatchObject({ action: 'conflict' });
  expect(action.reason).toContain('nothing of the ConfigMap is applied, as it is a mark');
  await expectSettled(cluster);
});

test('a force for the sake of kubectl is over the version that was looked at, and no other', async () => {
  await using cluster = await applied();
  cluster.edit('Deployment', 'bot-alpha', 'kubectl-scale', { spec: { replicas: 0 } });
  const plan = await cluster.plan();
  let tries = 0;
  cluster.server.fault = ({ method, path, query }) => {
    if (
      method === 'PATCH' &&
      path.endsWith('/deployments/bot-alpha') &&
      query.get('force') === 'true' &&
      tries++ === 0
    ) {
      cluster.edit('Deployment', 'bot-alpha', 'hpa', { spec: { replicas: 4 } });
    }
    return undefined;
  };
  await cluster.execute(plan, 'bot-alpha');
  expect(tries).toBe(1);
  expect(cluster.find('Deployment', 'bot-alpha')?.spec).toMatchObject({ replicas: 4 });
});
