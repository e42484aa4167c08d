import { describe, expect, test, vi } from 'vitest';
import { ROLLOUT_ANNOTATION } from '../../../../server/reconcile/plan/rollout/rollout-state.ts';
import { Cluster, hasPlane } from '../cluster-fixture.ts';
import { Loop, WAIT } from '../loop-fixture.ts';

const BOTS = Array.from({ length: 6 }, (_, index) => `bot-${index}`);
const [OLD, NEW] = ['ghcr.io/acme/moltbot:1', 'ghcr.io/acme/moltbot:2'];

describe.skipIf(!hasPlane)('a new image that goes through a fleet in rings', () => {
  test('stops when a pod of it fails, goes on over a restart, and ends with all of them running it', async () => {
    await using cluster = await Cluster.create();
    for (const name of BOTS) cluster.repo.record(name);
    cluster.repo.rolledOut('{ rings: ["1", "50%", "100%"], settleSeconds: 1 }').imaged(OLD).synth().commit();
    const running = async (image: string): Promise<readonly string[]> =>
      (await cluster.objects('deploy'))
        .filter((deployment) => JSON.stringify(deployment.spec).includes(`"${image}"`))
        .map(({ metadata }) => metadata.name)
        .sort();
    let target = '';
    let first = '';
    {
      await using loop = new Loop(cluster);
      const { observed } = loop.reconciler;
      for (const name of BOTS) {
        await vi.waitFor(() => expect(loop.unit(name)).toMatchObject({ status: 'running', sync: 'applied' }), WAIT);
      }
      cluster.repo.rolledOut('{ rings: ["1", "50%", "100%"], settleSeconds: 3600 }').imaged(NEW);
      target = loop.publish();
      await vi.waitFor(
        () => expect(observed.rollout()).toMatchObject({ target, ring: 1, counts: { healthy: 1 } }),
        WAIT,
      );
      [first = ''] = await running(NEW);
      expect(await running(OLD)).toHaveLength(5);

      const selector = `app=${first}`;
      const pod = (await cluster.kubectl('get', 'pods', '-l', selector, '-o', 'name')).trim();
      await cluster.kubectl('annotate', pod, 'claworc.dev/fail=CrashLoopBackOff', '--overwrite');
      await vi.waitFor(() => expect(observed.rollout()).toMatchObject({ phase: 'stopped', unhealthy: [first] }), WAIT);
      expect(observed.standing().join()).toContain('stopped in ring 1 of 3');
    }
    await using loop = new Loop(cluster);
    const { observed } = loop.reconciler;
    await vi.waitFor(() => expect(observed.rollout()).toMatchObject({ target, phase: 'stopped', ring: 1 }), WAIT);
    expect(await running(NEW)).toEqual([first]);
    await vi.waitFor(() => expect(observed.rollout()).toMatchObject({ unhealthy: [first] }), WAIT);
    await loop.reconciler.steerRollout({ action: 'resume', target });
    await vi.waitFor(
      () => expect(observed.rollout()).toMatchObject({ phase: 'running', counts: { excused: 1 } }),
      WAIT,
    );
    await loop.reconciler.steerRollout({ action: 'skip', target });
    await vi.waitFor(async () => expect(await running(NEW)).toEqual(BOTS), WAIT);

    // What is taken back is what they ran before, and goes to all at once.
    cluster.repo.imaged(OLD);
    loop.publish();
    await vi.waitFor(async () => expect(await running(OLD)).toEqual(BOTS), WAIT);
    await vi.waitFor(async () => {
      const parent = (await cluster.objects('cm')).find(({ metadata }) => metadata.name === 'claworc-applyset');
      expect(parent?.metadata.annotations ?? {}).not.toHaveProperty(ROLLOUT_ANNOTATION);
    }, WAIT);
    expect(observed.rollout()).toBeNull();
  }, 300_000);
});
