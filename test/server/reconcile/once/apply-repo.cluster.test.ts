import { describe, expect, test } from 'vitest';
import { Cluster, hasPlane, told } from '../cluster-fixture.ts';
import { RepoFixture } from '../repo-fixture.ts';

const NINE = [
  'ConfigMap/bot-alpha-config',
  'Deployment/bot-alpha',
  'NetworkPolicy/bot-alpha',
  'PersistentVolumeClaim/bot-alpha-chrome',
  'PersistentVolumeClaim/bot-alpha-clawd',
  'PersistentVolumeClaim/bot-alpha-clawdbot',
  'PersistentVolumeClaim/bot-alpha-homebrew',
  'Secret/bot-alpha-anthropic-api-key',
  'Service/bot-alpha-vnc',
];
const FOUR = NINE.filter((name) => name.startsWith('PersistentVolumeClaim'));
const ALL_MEMBERS = 'applyset.kubernetes.io/part-of';

async function withAlpha(): Promise<Cluster> {
  const cluster = await Cluster.create();
  await cluster.repo.record('bot-alpha').key('bot-alpha', 'ANTHROPIC_API_KEY', 'sk-ant-0123456789abcdef');
  cluster.repo.synth().commit();
  return cluster;
}

describe.skipIf(!hasPlane)('one pass over a repository', () => {
  test('makes the nine objects of a bot and then has nothing to write', async () => {
    await using cluster = await withAlpha();

    const first = await cluster.apply();
    expect(first.units.map(({ unit, state, reason }) => [unit, state, reason])).toEqual([
      ['bot-alpha', 'done', ''],
      ['fleet', 'done', ''],
    ]);
    expect(await cluster.names(ALL_MEMBERS)).toEqual(NINE);
    const value = await cluster.kubectl('get', 'secret', 'bot-alpha-anthropic-api-key', '-o', 'jsonpath={.data}');
    expect(JSON.parse(value)).toEqual({ ANTHROPIC_API_KEY: Buffer.from('sk-ant-0123456789abcdef').toString('base64') });

    const versions = await cluster.kubectl(
      'get',
      'deploy,svc,cm,secret,netpol',
      '-o',
      'jsonpath={.items[*].metadata.uid}',
    );
    const writes = cluster.writes();
    const second = await cluster.apply();
    expect(told(second)).toEqual([]);
    expect(cluster.writes()).toBe(writes);
    expect(await cluster.kubectl('get', 'deploy,svc,cm,secret,netpol', '-o', 'jsonpath={.items[*].metadata.uid}')).toBe(
      versions,
    );
  });

  test('leaves two managers on what it made, and shows the value of a key to nobody', async () => {
    await using cluster = await withAlpha();
    const first = await cluster.apply();
    const objects = await cluster.objects('deploy,svc,pvc,cm,secret,netpol', ALL_MEMBERS);
    for (const { metadata } of objects) {
      const managers = new Set((metadata.managedFields ?? []).map(({ manager }) => manager));
      managers.delete('kube-controller-manager');
      managers.delete('kwok');
      expect([...managers]).toEqual(['claworc']);
    }
    const value = 'sk-ant-0123456789abcdef';
    const told = JSON.stringify([first.units, (await cluster.plan()).units]);
    expect(told).toContain('bot-alpha-anthropic-api-key');
    expect(told).not.toContain(value);
    expect(told).not.toContain(Buffer.from(value).toString('base64'));
  });

  test('puts a hand edit right and says which fields', async () => {
    await using cluster = await withAlpha();
    await cluster.apply();
    await cluster.kubectl('scale', 'deployment', 'bot-alpha', '--replicas=0');
    await cluster.kubectl('set', 'image', 'deployment/bot-alpha', 'moltbot=example.com/other:1');

    const { units } = await cluster.apply();
    const deployment = units[0]!.results.find(({ kind }) => kind === 'Deployment')!;
    expect(deployment).toMatchObject({ result: 'configured', corrected: true });
    expect(deployment.fields.map(({ field, live }) => [field, live])).toEqual([
      ['spec.replicas', '0'],
      ['spec.template.spec.containers[name="moltbot"].image', 'example.com/other:1'],
    ]);
    expect(await cluster.kubectl('get', 'deploy', 'bot-alpha', '-o', 'jsonpath={.spec.replicas}')).toBe('1');
    expect(told(await cluster.apply())).toEqual([]);
  });

  test('yields to another manager and names it with the field', async () => {
    await using cluster = await withAlpha();
    await cluster.apply();
    const patch = JSON.stringify({ spec: { replicas: 3 } });
    await cluster.kubectl('patch', 'deployment', 'bot-alpha', '--field-manager=hpa', '-p', patch);

    const { units } = await cluster.apply();
    const deployment = units[0]?.results.find(({ kind }) => kind === 'Deployment');
    expect(deployment).toMatchObject({ result: 'conflict', reason: 'spec.replicas is held by hpa (3, main says 1)' });
    expect(await cluster.kubectl('get', 'deploy', 'bot-alpha', '-o', 'jsonpath={.spec.replicas}')).toBe('3');
  });

  test('makes a deleted object again', async () => {
    await using cluster = await withAlpha();
    await cluster.apply();
    await cluster.kubectl('delete', 'service', 'bot-alpha-vnc');
    expect(told(await cluster.apply())).toEqual(['Service/bot-alpha-vnc: created']);
  });

  test('a tombstone that retains keeps the four volumes, labelled, and removes the rest', async () => {
    await using cluster = await withAlpha();
    await cluster.apply();
    cluster.repo.remove('bot-alpha', 'retain').synth().commit();

    const { units } = await cluster.apply();
    expect(units[0]).toMatchObject({ unit: 'bot-alpha', state: 'done' });
    expect(await cluster.names('app=bot-alpha')).toEqual(FOUR);
    expect(await cluster.names('claworc.dev/retained=bot-alpha')).toEqual(FOUR);
    expect(await cluster.names(ALL_MEMBERS)).toEqual([]);
    expect(await cluster.names('applyset.kubernetes.io/id')).toEqual(['ConfigMap/claworc-applyset']);
    const writes = cluster.writes();
    expect(told(await cluster.apply())).toEqual([]);
    expect(cluster.writes()).toBe(writes);
  });

  test('a record that returns takes its volumes over again', async () => {
    await using cluster = await withAlpha();
    await cluster.apply();
    const uids = await cluster.kubectl('get', 'pvc', '-o', 'jsonpath={.items[*].metadata.uid}');
    cluster.repo.remove('bot-alpha', 'retain').synth().commit();
    await cluster.apply();
    await cluster.repo.record('bot-alpha').key('bot-alpha', 'ANTHROPIC_API_KEY', 'sk-ant-0123456789abcdef');
    cluster.repo.synth().commit();

    const { units } = await cluster.apply();
    expect(units[0]).toMatchObject({ unit: 'bot-alpha', state: 'done' });
    expect(await cluster.names(ALL_MEMBERS)).toEqual(NINE);
    expect(await cluster.names('claworc.dev/retained')).toEqual([]);
    expect(await cluster.kubectl('get', 'pvc', '-o', 'jsonpath={.items[*].metadata.uid}')).toBe(uids);
    expect(told(await cluster.apply())).toEqual([]);
  });

  test('a tombstone that destroys what an earlier one kept waits for an approval and its delay, and then removes everything', async () => {
    await using cluster = await withAlpha();
    await cluster.apply();
    cluster.repo.remove('bot-alpha', 'retain').synth().commit();
    await cluster.apply();
    cluster.repo.remove('bot-alpha', 'destroy').synth().commit();
    const kept = await cluster.names();
    const { plan } = await cluster.apply();
    expect(await cluster.names()).toEqual(kept);

    const { hash, waiting } = plan.removals?.verdict() ?? {};
    expect(waiting).toMatchObject([{ removal: { unit: 'bot-alpha', kind: 'kept_data' }, wait: 'approval' }]);
    const removalBudget = { ...plan.desired.removalBudget, keptDataDays: 0 };
    const { units } = await cluster.apply({ approveRemovals: hash ?? '', removalBudget });
    expect(units[0]).toMatchObject({ unit: 'bot-alpha', state: 'done' });
    expect(await cluster.names()).toEqual(['ConfigMap/claworc-applyset']);
  });

  test('removes nothing when a record is missing without a tombstone', async () => {
    await using cluster = await withAlpha();
    await cluster.apply();
    for (const path of [...cluster.repo.files.keys()]) if (path !== 'claworc.yaml') cluster.repo.write(path, null);
    cluster.repo.commit();

    const { units } = await cluster.apply();
    expect(units[0]).toMatchObject({ unit: 'bot-alpha', state: 'held' });
    expect(units[0]!.reason).toContain('neither a record nor a tombstone');
    expect(await cluster.names(ALL_MEMBERS)).toEqual(NINE);
  });

  test('refuses a commit that is older than the one the cluster runs, writes nothing, and takes it when told to', async () => {
    await using cluster = await withAlpha();
    const older = { commit: cluster.repo.head()!, repo: cluster.repo.repo };
    cluster.repo.record('bot-alpha', { state: 'stopped' }).synth().commit();
    await cluster.apply();
    const replicas = () => cluster.kubectl('get', 'deploy', 'bot-alpha', '-o', 'jsonpath={.spec.replicas}');
    const writes = cluster.writes();

    const refused = await cluster.apply(older);

    expect(refused.refused).toContain(`${older.commit.slice(0, 7)} is older than`);
    expect(cluster.writes()).toBe(writes);
    expect(await replicas()).toBe('0');

    expect(await cluster.apply({ ...older, allowOlder: true })).toMatchObject({ refused: null });
    expect(await replicas()).toBe('1');
    expect((await cluster.apply(older)).refused).toBeNull();
  });

  test('leaves an object of the same name alone that it did not make', async () => {
    await using cluster = await withAlpha();
    await cluster.kubectl('create', 'configmap', 'bot-alpha-config', '--from-literal=mine=1');

    const { units } = await cluster.apply();
    expect(units[0]).toMatchObject({ state: 'failed' });
    expect(units[0]!.reason).toContain('was not made by Claworc');
    expect(await cluster.kubectl('get', 'cm', 'bot-alpha-config', '-o', 'jsonpath={.data}')).toBe('{"mine":"1"}');
    expect(await cluster.names(ALL_MEMBERS)).not.toContain('Deployment/bot-alpha');

    cluster.repo.remove('bot-alpha', 'destroy').synth().commit();
    await cluster.apply();
    expect(await cluster.kubectl('get', 'cm', 'bot-alpha-config', '-o', 'jsonpath={.data}')).toBe('{"mine":"1"}');
  });

  test('leaves an object alone that only copied its marks', async () => {
    await using cluster = await withAlpha();
    await cluster.apply();
    const [live] = await cluster.objects('configmap', 'app=bot-alpha');
    const { labels, annotations } = live!.metadata;
    const copy = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a-copy', labels, annotations } };
    await cluster.kubectlInput(JSON.stringify(copy), 'create', '-f', '-');
    cluster.repo.remove('bot-alpha', 'destroy').synth().commit();

    await cluster.apply();
    expect(await cluster.names()).toEqual(['ConfigMap/a-copy', 'ConfigMap/claworc-applyset']);
  });

  test('a unit that is not rendered, or whose key cannot be opened, holds only itself', async () => {
    await using cluster = await withAlpha();
    const { repo } = cluster;
    repo.record('bot-beta').record('bot-gamma').record('bot-delta');
    const strange = await RepoFixture.create(cluster.namespace);
    await strange.key('bot-delta', 'OPENAI_API_KEY', 'sk-0123456789abcdefghij');
    const path = 'secrets/bot-delta/openai-api-key.yaml';
    repo.write(path, strange.text(path)).synth();
    repo.write('instances/bot-gamma.yaml', 'kind: BotInstance\nspec: [');
    const deployment = 'dist/bot-beta/deployment.yaml';
    repo.write(deployment, repo.text(deployment).replace('replicas: 1', 'replicas: 2')).commit();

    const { units } = await cluster.apply();
    const states = Object.fromEntries(units.map(({ unit, state }) => [unit, state]));
    expect(states).toEqual({
      'bot-alpha': 'done',
      'bot-beta': 'held',
      'bot-delta': 'held',
      'bot-gamma': 'held',
      fleet: 'done',
    });
    const reasons = Object.fromEntries(units.map(({ unit, reason }) => [unit, reason]));
    expect(reasons['bot-beta']).toContain('not rendered: dist/bot-beta/deployment.yaml');
    expect(reasons['bot-delta']).toContain(`${path} can't be opened`);
    expect(await cluster.names(ALL_MEMBERS)).toEqual(NINE);
  });
});
