import { describe, expect, test, vi } from 'vitest';
import { Cluster, hasPlane } from '../cluster-fixture.ts';
import { Loop, WAIT } from '../loop-fixture.ts';

/** For Claworc, whatever was asked to end has had ten minutes for it at once. */
const LATE = { clock: { now: () => Date.now() + 600_000 } };
const HOLD = JSON.stringify({ metadata: { finalizers: ['example.com/hold'] } });
const LET_GO = JSON.stringify({ metadata: { finalizers: null } });

async function running(): Promise<{ readonly cluster: Cluster; readonly loop: Loop; readonly pod: string }> {
  const cluster = await Cluster.create();
  cluster.repo.record('bot-alpha').synth().commit();
  const loop = new Loop(cluster, LATE);
  await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ status: 'running' }), WAIT);
  return { cluster, loop, pod: (await cluster.kubectl('get', 'pods', '-o', 'name')).trim() };
}

describe.skipIf(!hasPlane)('what does not end in a real cluster', () => {
  test('a stopped bot whose pod is held by a finalizer is in error, names it, and is stopped when it is let go', async () => {
    const { cluster, loop, pod } = await running();
    await using _ = cluster;
    await using __ = loop;
    await cluster.kubectl('patch', pod, '--type=merge', '-p', HOLD);

    cluster.repo.record('bot-alpha', { state: 'stopped' });
    loop.publish();

    await vi.waitFor(() => {
      expect(loop.unit('bot-alpha')).toMatchObject({
        status: 'error',
        statusReason: 'Old pod does not end, wanted stopped',
        repair: 'node',
      });
      expect(loop.unit('bot-alpha')?.seen).toContain('example.com/hold holds it');
    }, WAIT);
    await cluster.kubectl('patch', pod, '--type=merge', '-p', LET_GO);
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ status: 'stopped', sync: 'applied' }), WAIT);
  });

  test('a removal that a finalizer on the Deployment holds says so, and ends when that is let go', async () => {
    const { cluster, loop } = await running();
    await using _ = cluster;
    await using __ = loop;
    await cluster.kubectl('patch', 'deployment/bot-alpha', '--type=merge', '-p', HOLD);

    cluster.repo.remove('bot-alpha', 'destroy');
    loop.publish();

    await vi.waitFor(() => {
      expect(loop.unit('bot-alpha')).toMatchObject({ status: 'error', statusReason: 'Its removal does not end' });
      expect(loop.unit('bot-alpha')?.seen).toContain('example.com/hold holds it');
    }, WAIT);
    expect(await cluster.names()).toContain('PersistentVolumeClaim/bot-alpha-chrome');
    await cluster.kubectl('patch', 'deployment/bot-alpha', '--type=merge', '-p', LET_GO);
    await vi.waitFor(
      async () => expect((await cluster.names()).filter((name) => name.includes('bot-alpha'))).toEqual([]),
      WAIT,
    );
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ status: 'stopped', leaving: null }), WAIT);
  });

  test('a process that was killed without the node naming a cause is told as likely out of memory', async () => {
    const { cluster, loop, pod } = await running();
    await using _ = cluster;
    await using __ = loop;
    const at = new Date().toISOString();
    const killed = { exitCode: 137, reason: 'Error', startedAt: at, finishedAt: at };
    const container = { name: 'moltbot', image: 'x', imageID: '', ready: false, restartCount: 0 };
    const status = {
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: at }],
      containerStatuses: [{ ...container, state: { terminated: killed } }],
    };

    await cluster.kubectl('patch', pod, '--subresource=status', '-p', JSON.stringify({ status }));

    await vi.waitFor(() => {
      expect(loop.unit('bot-alpha')).toMatchObject({
        status: 'error',
        statusReason: 'Killed, likely out of memory',
        repair: 'resources',
      });
      expect(loop.unit('bot-alpha')?.seen).toContain('container moltbot ended with exit code 137');
    }, WAIT);
  });
});
