import { describe, expect, test, vi } from 'vitest';
import { Cluster, hasPlane } from '../cluster-fixture.ts';
import { Loop, WAIT } from '../loop-fixture.ts';

describe.skipIf(!hasPlane)('the status of a bot in a real cluster', () => {
  test('says why a pod cannot run, and recovers', async () => {
    await using cluster = await Cluster.create();
    cluster.repo.record('bot-alpha').synth().commit();
    await using loop = new Loop(cluster);
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ status: 'running' }), WAIT);
    for (const [fail, reason] of [
      ['ImagePullBackOff', /^Image|^Registry/],
      ['CrashLoopBackOff', /^Crash loop/],
    ] as const) {
      const pods = (await cluster.kubectl('get', 'pods', '-o', 'name')).trim().split('\n');
      await cluster.kubectl('annotate', ...pods, `claworc.dev/fail=${fail}`, '--overwrite');
      await vi.waitFor(() => {
        expect(loop.unit('bot-alpha')?.status).toBe('error');
        expect(loop.unit('bot-alpha')?.statusReason).toMatch(reason);
      }, WAIT);
      expect(loop.unit('bot-alpha')?.sync).toBe('applied');
    }
    await cluster.kubectl('delete', 'pods', '--all', '--wait=false');
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ status: 'running' }), WAIT);
  });

  test('names a quota that is full', async () => {
    await using cluster = await Cluster.create();
    await cluster.kubectl('create', 'quota', 'few', '--hard=pods=0');
    cluster.repo.record('bot-alpha').synth().commit();
    await using loop = new Loop(cluster);
    await vi.waitFor(
      () => expect(loop.unit('bot-alpha')).toMatchObject({ status: 'error', statusReason: 'Over quota' }),
      WAIT,
    );
    expect(loop.unit('bot-alpha')?.warnings.join(' ')).toContain('exceeded quota');
  });

  test('carries the warnings of Pod Security and says that it refuses the pod', async () => {
    await using cluster = await Cluster.create();
    const labels = ['pod-security.kubernetes.io/enforce=baseline', 'pod-security.kubernetes.io/warn=baseline'];
    await cluster.kubectl('label', 'namespace', cluster.namespace, ...labels);
    cluster.repo.record('bot-alpha').synth().commit();
    await using loop = new Loop(cluster);
    await vi.waitFor(
      () => expect(loop.unit('bot-alpha')).toMatchObject({ status: 'error', statusReason: 'Refused by Pod Security' }),
      WAIT,
    );
    expect(loop.unit('bot-alpha')?.warnings.join(' ')).toContain('would violate PodSecurity');
    expect(loop.unit('bot-alpha')?.next).toContain('privileged');
  });

  test('says how many nodes are too small', async () => {
    await using cluster = await Cluster.create();
    const huge = { cpu: '999', memory: '1Gi' };
    cluster.repo
      .record('bot-alpha', { resources: { requests: huge, limits: huge } })
      .synth()
      .commit();
    await using loop = new Loop(cluster);
    await vi.waitFor(
      () => expect(loop.unit('bot-alpha')).toMatchObject({ status: 'error', statusReason: 'No node has enough cpu' }),
      WAIT,
    );
  });

  test('says of a stop that an autoscaler undoes that the bot still runs, and its command frees it', async () => {
    await using cluster = await Cluster.create();
    cluster.repo.record('bot-alpha').synth().commit();
    await using loop = new Loop(cluster);
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ status: 'running' }), WAIT);
    const scale = ['--subresource=scale', '--type=merge', '-p', '{"spec":{"replicas":2}}'];
    await cluster.kubectl('patch', 'deployment/bot-alpha', ...scale, '--field-manager=keda-operator');

    cluster.repo.record('bot-alpha', { state: 'stopped' });
    loop.publish();

    const reason = 'Still running, wanted stopped: spec.replicas is held by keda-operator';
    await vi.waitFor(() => {
      expect(loop.unit('bot-alpha')).toMatchObject({ status: 'running', statusReason: reason, sync: 'drifted' });
    }, WAIT);
    const command = loop.unit('bot-alpha')?.command ?? '';
    expect(command).toContain(`-n ${cluster.namespace}`);
    await cluster.kubectl(...command.split(' ').slice(3));
    const stopped = { status: 'stopped', statusReason: '', sync: 'applied' };
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject(stopped), WAIT);
    expect(await cluster.kubectl('get', 'pods', '-o', 'name')).toBe('');
  });

  test('names the node that is lost with a running bot, and is well again when it is back', async () => {
    await using cluster = await Cluster.create();
    cluster.repo.record('bot-alpha').synth().commit();
    await using loop = new Loop(cluster);
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ status: 'running' }), WAIT);
    const pod = (await cluster.kubectl('get', 'pods', '-o', 'name')).trim();
    const mark = (status: string): Promise<string> => {
      const conditions = [{ type: 'Ready', status, lastTransitionTime: new Date().toISOString() }];
      return cluster.kubectl('patch', pod, '--subresource=status', '-p', JSON.stringify({ status: { conditions } }));
    };

    // What the node controller does to the pods of a node that has gone silent.
    await mark('False');

    await vi.waitFor(() => {
      expect(loop.unit('bot-alpha')).toMatchObject({ status: 'error', repair: 'node' });
      expect(loop.unit('bot-alpha')?.statusReason).toMatch(/^Node \S+ does not answer$/);
    }, WAIT);
    await mark('True');
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ status: 'running' }), WAIT);
  });
});
