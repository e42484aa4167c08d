import { describe, expect, test, vi } from 'vitest';
import { FLEET_UNIT } from '../../../../constructs/repo/paths.ts';
import { unitOf } from '../../../../server/reconcile/desired/stamp.ts';
import { APPROVED_ANNOTATION } from '../../../../server/reconcile/plan/removals/approval.ts';
import { Cluster, hasPlane } from '../cluster-fixture.ts';
import { Loop, WAIT } from '../loop-fixture.ts';

const BOTS = Array.from({ length: 30 }, (_, index) => `bot-${String(index).padStart(2, '0')}`);
const MINUTE_MS = 60_000;

describe.skipIf(!hasPlane)('thirty tombstones in one commit', () => {
  test('prune nothing while all else is applied; an approval lets ten go a minute, over a restart too, and no claim ever', async () => {
    await using cluster = await Cluster.create();
    // Without pods, whose end is the cluster's and takes as long as it likes.
    for (const name of [...BOTS, 'bot-stays']) cluster.repo.record(name, { state: 'stopped' });
    cluster.repo.synth().commit();
    await cluster.apply();
    const deployments = async (): Promise<number> => (await cluster.objects('deploy')).length;
    const claims = async (): Promise<number> => (await cluster.objects('pvc')).length;
    /** Bots of which something but volumes is left. */
    const bots = async (): Promise<number> => {
      const members = await cluster.objects('deploy,svc,cm,secret,netpol', 'applyset.kubernetes.io/part-of');
      return new Set(members.map((member) => unitOf(member)).filter((unit) => unit !== FLEET_UNIT)).size;
    };
    const allClaims = await claims();
    for (const name of BOTS) cluster.repo.remove(name, 'retain');
    cluster.repo.record('bot-stays', { state: 'stopped', env: { NEW: 'yes' } });
    const commit = cluster.repo.synth().commit();

    let now = Date.now();
    const clock = { now: () => now };
    {
      await using loop = new Loop(cluster, { clock });
      await vi.waitFor(() => expect(loop.unit('bot-stays')).toMatchObject({ sync: 'applied', commit }), WAIT);
      await vi.waitFor(() => expect(loop.reconciler.observed.removals()).toMatchObject({ count: 30, limit: 3 }), WAIT);
      const hash = loop.reconciler.observed.removals()?.hash ?? '';
      expect(await deployments()).toBe(31);
      await expect(loop.reconciler.approveRemovals({ commit: 'b'.repeat(40), hash })).rejects.toThrow(/not what waits/);
      await loop.reconciler.approveRemovals({ commit, hash });
      // Whole, as the rest of one takes a turn again after a restart.
      await vi.waitFor(async () => expect([await deployments(), await bots()]).toEqual([21, 21]), WAIT);
      expect(loop.reconciler.observed.removals()?.removals).toHaveLength(20);
    }
    // The cluster's own times of deletion are real.
    now += 4 * MINUTE_MS;
    await using loop = new Loop(cluster, { clock });
    await vi.waitFor(async () => expect(await deployments()).toBe(11), WAIT);
    now += 4 * MINUTE_MS;
    loop.reconciler.reconcileNow();
    await vi.waitFor(async () => expect(await deployments()).toBe(1), WAIT);
    await vi.waitFor(async () => {
      const parent = (await cluster.objects('cm')).find(({ metadata }) => metadata.name === 'claworc-applyset');
      expect(parent?.metadata.annotations ?? {}).not.toHaveProperty(APPROVED_ANNOTATION);
    }, WAIT);
    expect(await claims()).toBe(allClaims);
  }, 300_000);
});
