import { describe, expect, test, vi } from 'vitest';
import type { UnitOutcome } from '../../../../server/reconcile/apply/outcome.ts';
import { STORAGE_CLASSES } from '../../../../server/cluster/resources.ts';
import { CLASS_FRESH_MS } from '../../../../server/reconcile/live/storage-classes.ts';
import { RETAINED_LABEL } from '../../../../server/reconcile/desired/stamp.ts';
import { invalid, status } from '../../../support/api-server/answers.ts';
import { Loop, WAIT } from '../loop-fixture.ts';
import { MemoryCluster } from '../memory-cluster.ts';

const resultOf = ({ results }: UnitOutcome, kind: string, name: string) =>
  results.find((result) => result.kind === kind && result.name === name);

/** bot-alpha is to be removed with its volumes, and its Deployment is gone already. */
async function leaving(): Promise<MemoryCluster> {
  const cluster = await MemoryCluster.withAlpha();
  await cluster.apply();
  cluster.repo.remove('bot-alpha', 'destroy').synth().commit();
  cluster.server.store.finish(cluster.target('Deployment', 'bot-alpha'));
  return cluster;
}

describe('a deletion', () => {
  test('never hits an object that took the name after the plan was made', async () => {
    await using cluster = await leaving();
    const plan = await cluster.plan();
    cluster.replace('ConfigMap', 'bot-alpha-config');

    const outcome = await cluster.execute(plan, 'bot-alpha');
    expect(resultOf(outcome, 'ConfigMap', 'bot-alpha-config')?.failure?.type).toBe('stale');
    expect(cluster.find('ConfigMap', 'bot-alpha-config')?.metadata.labels).toEqual({ mine: 'yes' });
  });

  test('never hits an object that somebody changed after the plan was made', async () => {
    await using cluster = await leaving();
    const plan = await cluster.plan();
    cluster.edit('PersistentVolumeClaim', 'bot-alpha-chrome', 'somebody', { metadata: { labels: { keep: 'me' } } });

    const outcome = await cluster.execute(plan, 'bot-alpha');
    expect(resultOf(outcome, 'PersistentVolumeClaim', 'bot-alpha-chrome')?.failure?.type).toBe('stale');
    expect(cluster.find('PersistentVolumeClaim', 'bot-alpha-chrome')).toBeDefined();
  });

  test('of volumes waits while a pod of the bot is there', async () => {
    await using cluster = await leaving();
    const labels = {
      app: 'bot-alpha',
      'app.kubernetes.io/managed-by': 'claworc',
      'app.kubernetes.io/instance': 'bot-alpha',
    };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'bot-alpha-x', labels } };
    cluster.server.store.create(cluster.target('Pod', 'bot-alpha-x'), pod, { manager: 'kubelet', dryRun: false });

    const outcome = await cluster.execute(await cluster.plan(), 'bot-alpha');
    expect(outcome).toMatchObject({ state: 'waiting', reason: 'waits until pod bot-alpha-x has ended' });
    expect(cluster.find('PersistentVolumeClaim', 'bot-alpha-chrome')).toBeDefined();
  });
});

test('a volume that somebody changed after the plan was made is not marked as kept on the word of that plan', async () => {
  await using cluster = await MemoryCluster.withAlpha();
  await cluster.apply();
  cluster.repo.remove('bot-alpha', 'retain').synth().commit();
  cluster.server.store.finish(cluster.target('Deployment', 'bot-alpha'));
  const plan = await cluster.plan();
  cluster.edit('PersistentVolumeClaim', 'bot-alpha-chrome', 'somebody', { metadata: { labels: { mine: 'now' } } });

  const outcome = await cluster.execute(plan, 'bot-alpha');

  expect(resultOf(outcome, 'PersistentVolumeClaim', 'bot-alpha-chrome')?.failure?.type).toBe('stale');
  const labels = (name: string) => cluster.find('PersistentVolumeClaim', name)?.metadata.labels;
  expect(labels('bot-alpha-chrome')?.[RETAINED_LABEL]).toBeUndefined();
  expect(labels('bot-alpha-clawd')?.[RETAINED_LABEL]).toBe('bot-alpha');
});

test('a Deployment that names a Secret which is not in the cluster is not sent, and everything else of the bot is', async () => {
  await using cluster = await MemoryCluster.withAlpha();
  await cluster.repo.key('global', 'BRAVE_API_KEY', 'brave-0123456789abcdef');
  cluster.repo.synth().commit();

  const outcome = await cluster.execute(await cluster.plan(), 'bot-alpha');

  const deployment = resultOf(outcome, 'Deployment', 'bot-alpha');
  expect(deployment).toMatchObject({ result: 'waiting', isMissing: true });
  expect(deployment?.reason).toMatch(/^waits for Secret \S+brave-api-key, which is not in the cluster/);
  expect(cluster.find('Deployment', 'bot-alpha')).toBeUndefined();
  expect(cluster.find('Service', 'bot-alpha-vnc')).toBeDefined();
});

describe('an update', () => {
  test('never makes an object anew that was deleted after the plan was made, nor changes one that took its name', async () => {
    await using cluster = await MemoryCluster.withAlpha();
    await cluster.apply();
    cluster.edit('ConfigMap', 'bot-alpha-config', 'kubectl-edit', { data: { 'clawdbot.json': '{}' } });
    const plan = await cluster.plan();
    cluster.server.store.finish(cluster.target('ConfigMap', 'bot-alpha-config'));

    const outcome = await cluster.execute(plan, 'bot-alpha');
    expect(resultOf(outcome, 'ConfigMap', 'bot-alpha-config')?.failure?.type).toBe('stale');
    expect(cluster.find('ConfigMap', 'bot-alpha-config')).toBeUndefined();

    cluster.replace('ConfigMap', 'bot-alpha-config');
    const again = await cluster.execute(plan, 'bot-alpha');
    expect(resultOf(again, 'ConfigMap', 'bot-alpha-config')?.failure?.type).toBe('stale');
    expect(cluster.find('ConfigMap', 'bot-alpha-config')?.metadata.labels).toEqual({ mine: 'yes' });
  });

  test('takes a field back from kubectl, but never from another manager that came after the plan', async () => {
    await using cluster = await MemoryCluster.withAlpha();
    await cluster.apply();
    cluster.edit('Deployment', 'bot-alpha', 'kubectl-edit', { spec: { replicas: 0 } });
    const plan = await cluster.plan();
    cluster.edit('Deployment', 'bot-alpha', 'hpa', { spec: { replicas: 3 } });

    const outcome = await cluster.execute(plan, 'bot-alpha');
    expect(resultOf(outcome, 'Deployment', 'bot-alpha')).toMatchObject({
      result: 'configured',
      conflicts: [{ manager: 'hpa', field: 'spec.replicas' }],
    });
    expect(cluster.find('Deployment', 'bot-alpha')?.spec).toMatchObject({ replicas: 3 });

    cluster.edit('Deployment', 'bot-alpha', 'kubectl-scale', { spec: { replicas: 0 } });
    expect((await cluster.apply()).units[0]).toMatchObject({ state: 'done' });
    expect(cluster.find('Deployment', 'bot-alpha')?.spec).toMatchObject({ replicas: 1 });
  });

  test('in conflict with two managers takes the field of the one that is kubectl, and forces nothing on the other', async () => {
    await using cluster = await MemoryCluster.withAlpha();
    await cluster.apply();
    cluster.edit('Deployment', 'bot-alpha', 'kubectl-edit', { metadata: { labels: { app: 'mine' } } });
    const plan = await cluster.plan();
    cluster.edit('Deployment', 'bot-alpha', 'hpa', { spec: { replicas: 3 } });

    await cluster.execute(plan, 'bot-alpha');
    expect(cluster.find('Deployment', 'bot-alpha')).toMatchObject({
      metadata: { labels: { app: 'bot-alpha' } },
      spec: { replicas: 3 },
    });
  });
});

test('a Deployment waits for a volume that the cluster refused', async () => {
  await using cluster = await MemoryCluster.withAlpha();
  cluster.server.fault = ({ method, path }) =>
    method === 'PATCH' && path.endsWith('/bot-alpha-chrome')
      ? invalid('PersistentVolumeClaim', 'bot-alpha-chrome', 'spec', 'no')
      : undefined;

  const { units } = await cluster.apply();
  expect(units[0]!.state).toBe('failed');
  expect(resultOf(units[0]!, 'Deployment', 'bot-alpha')).toMatchObject({
    result: 'waiting',
    reason: 'waits for PersistentVolumeClaim bot-alpha-chrome',
  });
  expect(cluster.find('Deployment', 'bot-alpha')).toBeUndefined();
});

describe('a claim that can not be as main says is held alone', () => {
  const config = (text: string) => ({ config: text });

  test('because it would shrink: the config of its bot still applies', async () => {
    await using cluster = await MemoryCluster.withAlpha();
    await cluster.apply();
    const { storage } = cluster.repo.fleet.spec;
    cluster.repo.record('bot-alpha', { storage: { ...storage, chrome: '1Gi' }, ...config('{"a":1}') });
    cluster.repo.synth().commit();

    const { units } = await cluster.apply();
    expect(units[0]).toMatchObject({
      state: 'failed',
      reason: "PersistentVolumeClaim bot-alpha-chrome: the volume has 5Gi and can't shrink to 1Gi",
    });
    expect(resultOf(units[0]!, 'Deployment', 'bot-alpha')?.result).toBe('configured');
  });

  test('because its class lets no volume grow, which is asked first: its config applies, and so does the growth once the class allows it', async () => {
    await using cluster = await MemoryCluster.withAlpha();
    await cluster.apply();
    const place = { resource: STORAGE_CLASSES, namespace: null, name: 'fast' };
    const fast = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'fast' } };
    cluster.server.store.create(place, fast, { manager: 'somebody', dryRun: false });
    const target = cluster.target('PersistentVolumeClaim', 'bot-alpha-chrome');
    cluster.server.store.edit(target, (claim) => ({
      ...claim,
      spec: { ...(claim.spec as object), storageClassName: 'fast' },
      status: { phase: 'Bound' },
    }));
    const before = cluster.writes().length;
    const { storage } = cluster.repo.fleet.spec;
    cluster.repo.record('bot-alpha', { storage: { ...storage, chrome: '9Gi' }, ...config('{"a":1}') });
    cluster.repo.synth().commit();
    let later = 0;
    await using loop = new Loop(cluster, { clock: { now: () => Date.now() + later }, resyncMs: 100 });
    await vi.waitFor(() => expect(loop.unit('bot-alpha')?.sync).toBe('failed'), WAIT);

    const why =
      "PersistentVolumeClaim bot-alpha-chrome: it stays at 5Gi and can't grow to 9Gi: the storage class fast does not let volumes grow (allowVolumeExpansion)";
    await vi.waitFor(() => expect(loop.unit('bot-alpha')?.reason).toBe(why), WAIT);
    const isWritten = (name: string): boolean =>
      cluster
        .writes()
        .slice(before)
        .some((path) => path.endsWith(name));
    await vi.waitFor(() => expect(isWritten('/deployments/bot-alpha')).toBe(true), WAIT);
    expect(isWritten('/bot-alpha-chrome')).toBe(false);

    cluster.server.store.edit(place, (object) => ({ ...object, allowVolumeExpansion: true }));
    later = CLASS_FRESH_MS;
    await vi.waitFor(() => expect(loop.unit('bot-alpha')?.sync).toBe('applied'), WAIT);
  });

  test('because the cluster refuses its growth where the class can not be known: the config of its bot still applies', async () => {
    await using cluster = await MemoryCluster.withAlpha();
    await cluster.apply();
    const claim = cluster.target('PersistentVolumeClaim', 'bot-alpha-chrome');
    cluster.server.store.edit(claim, (object) => ({ ...object, status: { phase: 'Bound' } }));
    const why = 'only dynamically provisioned pvc can be resized and the storageclass must support resize';
    cluster.server.fault = ({ method, path }) =>
      method === 'PATCH' && path.endsWith('/bot-alpha-chrome') ? status(403, 'Forbidden', why) : undefined;
    const { storage } = cluster.repo.fleet.spec;
    cluster.repo.record('bot-alpha', { storage: { ...storage, chrome: '9Gi' }, ...config('{"a":1}') });
    cluster.repo.synth().commit();

    const { units } = await cluster.apply();
    expect(units[0]).toMatchObject({ state: 'failed', reason: `PersistentVolumeClaim bot-alpha-chrome: ${why}` });
    expect(resultOf(units[0]!, 'Deployment', 'bot-alpha')?.result).toBe('configured');
  });
});

describe('a unit', () => {
  test('whose dist/ is not what its record renders is held: nothing of it is written', async () => {
    await using cluster = await MemoryCluster.withAlpha();
    const path = 'dist/bot-alpha/deployment.yaml';
    cluster.repo.write(path, cluster.repo.text(path).replace('replicas: 1', 'replicas: 2')).commit();

    const { units } = await cluster.apply();
    expect(units[0]).toMatchObject({ unit: 'bot-alpha', state: 'held' });
    expect(cluster.writes().filter((write) => write.includes('bot-alpha'))).toEqual([]);
  });

  test('that returns takes the mark of a kept volume away, so that its next tombstone counts', async () => {
    await using cluster = await MemoryCluster.withAlpha();
    await cluster.apply();
    cluster.repo.remove('bot-alpha', 'retain').synth().commit();
    await cluster.apply();
    await cluster.apply();
    const marks = () =>
      ['chrome', 'clawd', 'clawdbot', 'homebrew'].map(
        (volume) => cluster.find('PersistentVolumeClaim', `bot-alpha-${volume}`)?.metadata.labels?.[RETAINED_LABEL],
      );
    expect(new Set(marks())).toEqual(new Set(['bot-alpha']));
    cluster.repo.record('bot-alpha').synth().commit();

    expect((await cluster.apply()).units[0]).toMatchObject({ unit: 'bot-alpha', state: 'done' });
    expect(new Set(marks())).toEqual(new Set([undefined]));
  });
});

test('the value of a key is in nothing that is told or kept, also when the cluster echoes it', async () => {
  await using cluster = await MemoryCluster.withAlpha();
  const value = 'sk-ant-0123456789abcdef';
  const encoded = Buffer.from(value).toString('base64');
  const name = 'bot-alpha-anthropic-api-key';
  const first = await cluster.apply();
  const read = await cluster.plan();
  cluster.edit('Secret', name, 'kubectl-edit', { data: { ANTHROPIC_API_KEY: 'eA==' } });
  cluster.server.fault = ({ method, path, body }) =>
    method === 'PATCH' && path.includes('/secrets/') ? invalid('Secret', name, 'data', `${body} ${value}`) : undefined;

  const second = await cluster.apply();
  expect(second.units[0]).toMatchObject({ state: 'failed' });
  const kept = [first.plan, read, second.plan].map(({ units, index }) => [units, index.get('Secret', name)]);
  const told = JSON.stringify([first.units, second.units, kept]);
  expect(told).toContain(name);
  expect(told).not.toContain(value);
  expect(told).not.toContain(encoded);
});
