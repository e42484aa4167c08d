import { describe, expect, test } from 'vitest';
import type { LiveObject } from '../../../../server/cluster/live-object.ts';
import { MUTATING_WEBHOOKS } from '../../../../server/cluster/resources.ts';
import { formatOutcome, formatPlan } from '../../../../server/reconcile/once/words.ts';
import { outcomeData, outcomeExitCode, planData, planExitCode } from '../../../../server/reconcile/once/report.ts';
import { DIGEST_ANNOTATION, PART_OF_LABEL, UNIT_ANNOTATION } from '../../../../server/reconcile/desired/stamp.ts';
import { observeUnit } from '../../../../server/reconcile/status/observed-unit.ts';
import { newMemory } from '../../../../server/reconcile/status/unit-memory.ts';
import { status } from '../../../support/api-server/answers.ts';
import { MemoryCluster } from '../memory-cluster.ts';

const ON_THE_WAY = 'changed on the way in by the cluster: spec.replicas is 2, main says 1';

/** One whose webhook does `admit` to objects of a kind. */
async function withAdmission(
  kind: string,
  admit: (object: LiveObject) => LiveObject,
  prepare = MemoryCluster.withAlpha(),
): Promise<MemoryCluster> {
  const cluster = await prepare;
  cluster.server.store.admit = (object) => (object.kind === kind ? admit(object) : object);
  return cluster;
}

const twoReplicas = (object: LiveObject): LiveObject => ({
  ...object,
  spec: { ...(object.spec as object), replicas: 2 },
});

const without =
  (map: 'labels' | 'annotations', name: string) =>
  (object: LiveObject): LiveObject => {
    const { [name]: _, ...kept } = object.metadata[map] ?? {};
    return { ...object, metadata: { ...object.metadata, [map]: kept } };
  };

const plannedOf = ({ units }: Awaited<ReturnType<MemoryCluster['plan']>>, wanted: string) =>
  units[0]!.actions.find(({ kind, name }) => kind === wanted || name === wanted)!;

describe('what admission changes', () => {
  test('is told once and not fought: plan and apply converge', async () => {
    await using cluster = await withAdmission('Deployment', twoReplicas);
    const first = outcomeData(await cluster.apply());
    expect(formatOutcome(first)).toContain(`created    Deployment bot-alpha (${ON_THE_WAY})`);
    expect(outcomeExitCode(first)).toBe(0);
    const plan = await cluster.plan();
    expect(plannedOf(plan, 'Deployment')).toMatchObject({ action: 'unchanged', drift: false, reason: ON_THE_WAY });
    expect(formatPlan(planData(plan)).split(ON_THE_WAY)).toHaveLength(2);
    expect(planExitCode(planData(plan))).toBe(0);
    const writes = cluster.writes().length;
    expect((await cluster.apply()).units[0]).toMatchObject({ state: 'done', wrote: false });
    expect(cluster.writes().length).toBe(writes);
  });

  test('of a claim is told as well: its class and its size are not called impossible', async () => {
    await using cluster = await withAdmission('PersistentVolumeClaim', (object) => ({
      ...object,
      spec: { ...(object.spec as object), resources: { requests: { storage: '20Gi' } } },
    }));
    expect((await cluster.apply()).units[0]).toMatchObject({ state: 'done' });
    const planned = plannedOf(await cluster.plan(), 'bot-alpha-chrome');
    expect(planned).toMatchObject({ action: 'unchanged' });
    expect(planned.reason).toBe(
      'changed on the way in by the cluster: spec.resources.requests.storage is 20Gi, main says 5Gi',
    );
  });

  test('is a warning of the bot, which counts as applied', async () => {
    await using cluster = await withAdmission('Deployment', twoReplicas);
    await cluster.apply();
    const { units, index, desired } = await cluster.plan();
    const unit = desired.units.get('bot-alpha')!;
    const observed = observeUnit({
      ...{ desired: unit, plan: units[0]!, live: index.unit(unit) },
      ...{ events: [], memory: newMemory(), blocked: null, now: Date.now() },
    });
    expect(observed.warnings).toEqual([`Deployment bot-alpha: ${ON_THE_WAY}`]);
    expect(observed).toMatchObject({ sync: 'applied', reason: '', lostMarks: [] });
  });

  test('names the webhooks that may have done it, as far as they may be listed, and no others', async () => {
    await using cluster = await withAdmission('Deployment', twoReplicas);
    const webhook = (name: string, resources: readonly string[], namespace: string, more: object = {}): void => {
      const rules = [{ apiGroups: ['apps'], operations: ['UPDATE'], resources }];
      const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
      const object = {
        kind: MUTATING_WEBHOOKS.kind,
        metadata: { name },
        webhooks: [{ rules, namespaceSelector, ...more }],
      };
      const target = { resource: MUTATING_WEBHOOKS, namespace: null, name };
      cluster.server.store.create(target, object, { manager: 'setup', dryRun: false });
    };
    webhook('mesh', ['*'], cluster.namespace);
    webhook('of-others', ['deployments'], 'elsewhere');
    webhook('of-marked', ['*'], cluster.namespace, { objectSelector: { matchLabels: { inject: 'yes' } } });
    webhook('on-condition', ['*'], cluster.namespace, { matchConditions: [{ name: 'never', expression: 'false' }] });
    webhook('of-sets', ['statefulsets'], cluster.namespace);
    await cluster.apply();
    const { reason } = plannedOf(await cluster.plan(), 'Deployment');
    expect(reason).toBe(
      `${ON_THE_WAY}; perhaps by ${['mesh', 'on-condition'].map((name) => `MutatingWebhookConfiguration ${name}`).join(' or ')}`,
    );
    cluster.server.fault = ({ path }) =>
      path.includes('admissionregistration') ? status(403, 'Forbidden', 'may not list') : undefined;
    expect(plannedOf(await cluster.plan(), 'Deployment').reason).toBe(ON_THE_WAY);
  });

  test('leaves a hand edit beside it to be put right', async () => {
    await using cluster = await withAdmission('Deployment', twoReplicas);
    await cluster.apply();
    cluster.edit('Deployment', 'bot-alpha', 'kubectl-edit', { metadata: { labels: { app: 'mine' } } });
    expect(plannedOf(await cluster.plan(), 'Deployment')).toMatchObject({ action: 'configure', drift: true });
    expect((await cluster.apply()).units[0]).toMatchObject({ state: 'done' });
    expect(cluster.find('Deployment', 'bot-alpha')?.metadata.labels).toMatchObject({ app: 'bot-alpha' });
  });

  test('is nothing that another manager took over', async () => {
    await using cluster = await MemoryCluster.withAlpha();
    await cluster.apply();
    cluster.edit('Deployment', 'bot-alpha', 'hpa', { spec: { replicas: 2 } });
    expect(plannedOf(await cluster.plan(), 'Deployment')).toMatchObject({
      action: 'conflict',
      reason: 'spec.replicas is held by hpa (2, main says 1)',
    });
  });

  test('is tried again when its digest is written over, as when the webhook is gone', async () => {
    await using cluster = await withAdmission('Deployment', twoReplicas);
    await cluster.apply();
    cluster.server.store.admit = (object) => object;
    cluster.edit('Deployment', 'bot-alpha', 'kubectl-annotate', {
      metadata: { annotations: { [DIGEST_ANNOTATION]: 'again' } },
    });
    expect((await cluster.apply()).units[0]).toMatchObject({ state: 'done' });
    expect(cluster.find('Deployment', 'bot-alpha')?.spec).toMatchObject({ replicas: 1 });
  });
});

describe.each([
  ['labels', PART_OF_LABEL],
  ['annotations', UNIT_ANNOTATION],
  ['annotations', DIGEST_ANNOTATION],
] as const)('a mark in %s that admission takes away, %s,', (map, mark) => {
  const words = "the cluster takes Claworc's marks away on the way in";

  test('is a failure in words with what to do, and is not fought', async () => {
    await using cluster = await withAdmission('Deployment', without(map, mark));
    const outcome = outcomeData(await cluster.apply());
    expect(outcomeExitCode(outcome)).toBe(1);
    expect(outcome.units[0]?.reason).toContain(`Deployment bot-alpha: ${words} (metadata.${map}[${mark}])`);
    expect(outcome.units[0]?.reason).toContain('annotate --overwrite');
    const planned = plannedOf(await cluster.plan(), 'Deployment');
    expect(planned).toMatchObject({ action: 'skip', keptBy: 'lost_marks' });
    expect(planExitCode(planData(await cluster.plan()))).toBe(3);
    const writes = cluster.writes().length;
    await cluster.apply();
    expect(cluster.writes().length).toBe(writes);
  });

  test('keeps nothing waiting: the bot has all else, and what main changes arrives', async () => {
    await using cluster = await withAdmission('ConfigMap', without(map, mark));
    await cluster.apply();
    expect(cluster.find('Deployment', 'bot-alpha')).toBeDefined();
    cluster.repo.record('bot-alpha', { config: '{"a": 1}' }).synth().commit();
    await cluster.apply();
    expect(cluster.find('ConfigMap', 'bot-alpha-config')?.data).toMatchObject({ 'clawdbot.json': '{"a": 1}' });
    expect((await cluster.plan()).units[0]?.actions.filter(({ action }) => action !== 'unchanged')).toHaveLength(1);
  });

  test('is back in place once admission lets it be and the digest was written over', async () => {
    await using cluster = await withAdmission('Deployment', without(map, mark));
    await cluster.apply();
    cluster.server.store.admit = (object) => object;
    cluster.edit('Deployment', 'bot-alpha', 'kubectl-annotate', {
      metadata: { annotations: { [DIGEST_ANNOTATION]: 'again' } },
    });
    expect(outcomeExitCode(outcomeData(await cluster.apply()))).toBe(0);
    expect(cluster.find('Deployment', 'bot-alpha')?.metadata[map]).toHaveProperty([mark]);
  });
});

test('a key reaches its Secret although admission takes the digest away', async () => {
  await using cluster = await withAdmission('Secret', without('annotations', DIGEST_ANNOTATION));
  await cluster.apply();
  await cluster.repo.key('bot-alpha', 'ANTHROPIC_API_KEY', 'sk-ant-another-0123456789');
  cluster.repo.synth().commit();
  await cluster.apply();
  expect(cluster.find('Secret', 'bot-alpha-anthropic-api-key')?.data).toEqual({
    ANTHROPIC_API_KEY: Buffer.from('sk-ant-another-0123456789').toString('base64'),
  });
});

test('an ApplySet parent whose annotations admission takes away is not written again and again', async () => {
  const strip = without('annotations', 'applyset.kubernetes.io/contains-group-kinds');
  await using cluster = await withAdmission('ConfigMap', (object) =>
    object.metadata.name.endsWith('-applyset') ? strip(object) : object,
  );
  await cluster.apply();
  const writes = cluster.writes().length;
  await cluster.apply();
  expect(cluster.writes().length).toBe(writes);
});
