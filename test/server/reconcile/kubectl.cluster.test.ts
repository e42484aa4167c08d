import { describe, expect, test } from 'vitest';
import { planData, planExitCode } from '../../../server/reconcile/once/report.ts';
import { Cluster, hasPlane, told } from './cluster-fixture.ts';

describe.skipIf(!hasPlane)('with real kubectl beside it', () => {
  test('the members of an ApplySet are found by its ID, and its parent records their kinds', async () => {
    await using cluster = await Cluster.create();
    cluster.repo.record('bot-alpha').synth();
    await cluster.apply();
    const [parent] = await cluster.objects('configmap', 'applyset.kubernetes.io/id,applyset.kubernetes.io/id!=x');
    expect(parent?.metadata.name).toBe('bot-alpha-applyset');
    const id = parent?.metadata.labels?.['applyset.kubernetes.io/id'];
    expect(await cluster.names(`applyset.kubernetes.io/part-of=${id}`)).toHaveLength(8);
    expect(parent?.metadata.annotations).toMatchObject({
      'applyset.kubernetes.io/contains-group-kinds':
        'ConfigMap,Deployment.apps,NetworkPolicy.networking.k8s.io,PersistentVolumeClaim,Service',
      'applyset.kubernetes.io/tooling': 'claworc/0.1.0',
    });
    expect(parent?.metadata.managedFields?.map(({ manager }) => manager)).toEqual(['claworc-applyset']);
  });

  test('another manager that applies the committed files as they are meets no conflict', async () => {
    await using cluster = await Cluster.create();
    cluster.repo.record('bot-alpha').synth();
    await cluster.apply();
    const files = [...cluster.repo.files.keys()].filter((path) => path.startsWith('dist/bot-alpha/'));
    const input = files.map((path) => cluster.repo.text(path)).join('---\n');
    const flags = ['--server-side', '--field-manager=somebody', '--dry-run=server', '-o', 'name', '-f', '-'];
    expect((await cluster.kubectlInput(input, 'apply', ...flags)).trim().split('\n')).toHaveLength(8);
  });

  test('a plan says with an exit code whether anything is to be done', async () => {
    await using cluster = await Cluster.create();
    cluster.repo.record('bot-alpha').synth();
    const before = planData(await cluster.plan());
    expect(before.counts).toMatchObject({ create: 8, unchanged: 0 });
    expect(planExitCode(before)).toBe(3);
    expect(await cluster.names()).toEqual([]);
    await cluster.apply();
    const after = planData(await cluster.plan());
    expect(after.counts).toMatchObject({ create: 0, unchanged: 8 });
    expect(planExitCode(after)).toBe(0);
  });

  test('a volume that is being deleted is not applied over, and made again when it is gone', async () => {
    await using cluster = await Cluster.create();
    cluster.repo.record('bot-alpha').synth();
    await cluster.apply();
    const claim = 'bot-alpha-chrome';
    await cluster.kubectl('patch', 'pvc', claim, '-p', '{"metadata":{"finalizers":["claworc.dev/test-hold"]}}');
    await cluster.kubectl('delete', 'pvc', claim, '--wait=false');

    const { units } = await cluster.apply();
    expect(units[0]).toMatchObject({ unit: 'bot-alpha', state: 'failed' });
    expect(units[0]?.reason).toContain('it is being deleted');
    await cluster.kubectl('patch', 'pvc', claim, '-p', '{"metadata":{"finalizers":null}}');
    await expect.poll(() => cluster.names('app=bot-alpha')).not.toContain(`PersistentVolumeClaim/${claim}`);
    expect(told(await cluster.apply())).toEqual([`PersistentVolumeClaim/${claim}: created`]);
  });

  test('a key that is taken away leaves its Secret to the last Deployment that uses it', async () => {
    await using cluster = await Cluster.create();
    const { repo } = cluster;
    await repo.record('bot-alpha').key('global', 'ANTHROPIC_API_KEY', 'sk-ant-0123456789abcdef');
    repo.synth().commit();
    await cluster.apply();
    expect(await cluster.names('app=claworc')).toEqual(['Secret/claworc-anthropic-api-key']);
    await repo.key('global', 'ANTHROPIC_API_KEY', null);
    repo.synth().commit();

    await cluster.apply();
    await cluster.apply();
    expect(await cluster.names('app=claworc')).toEqual([]);
    const env = await cluster.kubectl(
      'get',
      'deploy',
      'bot-alpha',
      '-o',
      'jsonpath={.spec.template.spec.containers[0].env[*].name}',
    );
    expect(env).not.toContain('ANTHROPIC_API_KEY');
  });
});
