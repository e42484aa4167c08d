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
});
