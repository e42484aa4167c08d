import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MemoryCluster } from '../memory-cluster.ts';
import { outcomeData, outcomeExitCode, planData, planExitCode } from '../../../../server/reconcile/once/report.ts';
import { formatOutcome, formatPlan } from '../../../../server/reconcile/once/words.ts';
import { status } from '../../../support/api-server/answers.ts';
import { MANAGED_RESOURCES } from '../../../../server/cluster/resources.ts';

let cluster: MemoryCluster;
beforeEach(async () => {
  cluster = await MemoryCluster.create();
  cluster.repo.record('bot-alpha').synth().commit();
  await cluster.apply();
});
afterEach(() => cluster[Symbol.asyncDispose]());

const move = (): string => cluster.repo.moveTo('elsewhere').synth().commit();
const inNamespace = (name: string): readonly string[] =>
  cluster.server.store
    .objects()
    .filter(({ metadata }) => metadata.namespace === name)
    .map(({ kind, metadata }) => `${kind}/${metadata.name}@${metadata.resourceVersion ?? ''}`);
const forbid = (namespace: string): void => {
  cluster.server.fault = ({ path }) =>
    path.includes(`/namespaces/${namespace}/`) ? status(403, 'Forbidden', `${namespace} may not be read`) : undefined;
};

describe('a commit that names another namespace while bots live in the one before', () => {
  test('is planned as held, with both namespaces, the bots and the way out', async () => {
    const change = move();

    const data = planData(await cluster.plan());

    expect(data.held).toEqual(['bot-alpha', 'fleet']);
    expect(data.units.flatMap(({ objects }) => objects)).toEqual([]);
    expect(planExitCode(data)).toBe(3);
    expect(data.notes).toEqual([
      `main names namespace elsewhere, and 1 bot lives (bot-alpha) in claworc, which main named until ${change.slice(0, 7)}: ` +
        'nothing is applied or removed, or they would run twice. To go on in claworc, put `namespace: claworc` back into claworc.yaml. ' +
        'To move, put it back too, delete the bots in one commit, wait until they are gone, change the namespace in the next, and create them again; volumes do not move',
    ]);
    expect(formatPlan(data)).toContain('main names namespace elsewhere');
  });

  test('is not applied: nothing is written in either namespace, and the exit code says that something waits', async () => {
    const before = inNamespace('claworc');
    const writes = cluster.writes().length;
    move();

    const data = outcomeData(await cluster.apply({ allowOlder: true }));

    expect(data.states.held).toEqual(['bot-alpha', 'fleet']);
    expect(outcomeExitCode(data)).toBe(3);
    expect(formatOutcome(data)).toContain('put `namespace: claworc` back');
    expect(cluster.writes()).toHaveLength(writes);
    expect(inNamespace('claworc')).toEqual(before);
    expect(inNamespace('elsewhere')).toEqual([]);
  });

  test('also does not remove on the word of a tombstone that came with it', async () => {
    const before = inNamespace('claworc');
    cluster.repo.remove('bot-alpha', 'destroy').moveTo('elsewhere').synth().commit();

    await cluster.apply();

    expect(inNamespace('claworc')).toEqual(before);
  });

  test('is applied as before once main names the old namespace again', async () => {
    move();
    await cluster.apply();
    cluster.repo.moveTo('claworc').record('bot-beta').synth().commit();

    const data = outcomeData(await cluster.apply());

    expect(data.result).toBe('done');
    expect(cluster.names()).toContain('Deployment/bot-beta');
  });

  test('can be moved in the way that is told: back, bots deleted, then the namespace, then bots again', async () => {
    move();
    await cluster.apply();
    cluster.repo.moveTo('claworc').remove('bot-alpha', 'retain').synth().commit();
    await cluster.apply();
    cluster.repo.moveTo('elsewhere').synth().commit();
    expect(planData(await cluster.plan()).held).toEqual(['bot-alpha', 'fleet']);
    cluster.server.store.finish(cluster.target('Deployment', 'bot-alpha'));
    cluster.repo.moveTo('claworc').synth().commit();
    await cluster.apply();
    cluster.repo.moveTo('elsewhere').synth().commit();
    await cluster.apply();
    cluster.repo.record('bot-alpha').synth().commit();

    const data = outcomeData(await cluster.apply());

    expect(data.result).toBe('done');
    expect(inNamespace('elsewhere').join()).toContain('Deployment/bot-alpha');
    expect(inNamespace('claworc').join()).not.toContain('Deployment/bot-alpha');
    expect(inNamespace('claworc').filter((name) => name.startsWith('PersistentVolumeClaim/'))).toHaveLength(4);
  });

  test('is held by what another version left running in both, until one of the two is ended with its volumes kept', async () => {
    move();
    const unaware = async () => ({ versions: [], isWhole: true });
    await cluster.apply({ versionsOf: unaware });
    expect(inNamespace('elsewhere').join()).toContain('Deployment/bot-alpha');

    const [note = ''] = planData(await cluster.plan()).notes;
    expect(note).toContain('beside 1 others (bot-alpha) in elsewhere');
    expect(note).toContain(
      'kubectl -n claworc delete deployments,services,configmaps,secrets,networkpolicies -l app.kubernetes.io/managed-by=claworc',
    );
    for (const { kind, metadata } of cluster.server.store.objects()) {
      const labels: Readonly<Record<string, string>> = metadata.labels ?? {};
      if (metadata.namespace !== 'claworc' || labels['app.kubernetes.io/managed-by'] !== 'claworc') continue;
      if (kind !== 'PersistentVolumeClaim')
        cluster.server.store.finish(cluster.target(kind as 'Deployment', metadata.name));
    }

    expect(planExitCode(planData(await cluster.plan()))).toBe(0);
    expect(inNamespace('claworc').filter((name) => name.startsWith('PersistentVolumeClaim/'))).toHaveLength(4);
  });
});

describe('what cannot be known of a former namespace', () => {
  test('holds while the account may not look there, and says which right is missing', async () => {
    move();
    forbid('claworc');

    const data = planData(await cluster.plan());

    expect(data.held).toEqual(['bot-alpha', 'fleet']);
    expect(data.notes[0]).toContain(
      'claworc may not be read. Let this account list configmaps, deployments and pods there',
    );
  });

  test('ends by the word of a person, which is remembered in the cluster', async () => {
    move();
    forbid('claworc');
    await cluster.apply({ allowOlder: true });

    expect(planExitCode(planData(await cluster.plan()))).toBe(0);
    cluster.repo.record('bot-beta').synth().commit();
    expect(outcomeData(await cluster.apply()).result).toBe('done');
  });

  test('holds where the bots there run a commit that is not of this line', async () => {
    move();
    const path = MANAGED_RESOURCES.ConfigMap;
    const target = { resource: path, namespace: 'claworc', name: 'claworc-applyset' };
    const patch = { metadata: { annotations: { 'claworc.dev/commit': 'e'.repeat(40) } } };
    cluster.server.store.patch(target, patch, { manager: 'somebody', dryRun: false });

    const data = planData(await cluster.plan());

    expect(data.held).toEqual(['bot-alpha', 'fleet']);
    expect(data.notes[0]).toContain('bots do live there, but eeeeeee, which the cluster runs');
  });

  test('holds in a shallow clone where bots of a Claworc live in a namespace that this history does not name', async () => {
    const commit = move();
    const bytes = cluster.repo.files.get('claworc.yaml') ?? null;
    const cut = { versionsOf: async () => ({ versions: [{ commit, bytes }], isWhole: false }) };

    const held = planData(await cluster.plan(cut));
    expect(held.notes[0]).toContain('in namespace claworc');
    expect(held.notes[0]).toContain('git fetch --unshallow');

    for (const object of cluster.server.store.objects()) {
      if (object.kind === 'Namespace') continue;
      cluster.server.store.finish(cluster.target(object.kind as 'Deployment', object.metadata.name));
    }
    expect(planData(await cluster.plan(cut)).held).toEqual([]);

    cluster.server.fault = ({ path }) =>
      path === '/api/v1/configmaps' ? status(403, 'Forbidden', 'not cluster-wide') : undefined;
    expect(planData(await cluster.plan(cut)).held).toEqual(['bot-alpha', 'fleet']);
  });

  test('is an error where the cluster does not answer, not a no', async () => {
    move();
    cluster.server.fault = ({ path, query }) =>
      path === '/api/v1/namespaces/claworc/pods' && query.has('labelSelector')
        ? status(500, 'InternalError', 'no leader')
        : undefined;

    await expect(cluster.plan()).rejects.toMatchObject({ code: 'cluster_refused' });
  });
});
