import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ReconcilerOptions } from '../../../../server/reconcile/loop/reconciler.ts';
import { APPROVED_ANNOTATION } from '../../../../server/reconcile/plan/removals/approval.ts';
import { Loop, WAIT } from '../loop-fixture.ts';
import { MemoryCluster } from '../memory-cluster.ts';

let cluster: MemoryCluster;
let loop: Loop | undefined;
const run = (options: Partial<ReconcilerOptions> = {}): Loop => (loop = new Loop(cluster, options));
const NAMES = ['bot-a', 'bot-b', 'bot-c', 'bot-d', 'bot-e', 'bot-f'];
const deployments = (): readonly string[] =>
  cluster
    .names()
    .filter((name) => name.startsWith('Deployment/'))
    .map((name) => name.slice('Deployment/'.length));
const claims = (): number => cluster.names().filter((name) => name.startsWith('PersistentVolumeClaim/')).length;
const applied = (unit: string): Promise<void> =>
  vi.waitFor(() => expect(loop?.unit(unit)).toMatchObject({ sync: 'applied' }), WAIT);
const pending = () => loop?.reconciler.observed.removals() ?? null;

beforeEach(async () => {
  cluster = await MemoryCluster.create();
  for (const name of NAMES) cluster.repo.record(name);
  cluster.repo.synth().commit();
  await cluster.apply();
});
afterEach(async () => {
  await loop?.stop();
  loop = undefined;
  await cluster[Symbol.asyncDispose]();
});

/** Main removes the first four, and one that stays is changed by the same commit. */
function removeFour(data: 'retain' | 'destroy' = 'retain'): string {
  for (const name of NAMES.slice(0, 4)) cluster.repo.remove(name, data);
  cluster.repo.record('bot-f', { env: { NEW: 'yes' } });
  const commit = cluster.repo.synth().commit();
  loop?.reconciler.reconcileNow();
  return commit;
}

describe('a commit that removes more bots than the budget', () => {
  test('removes none of them and is applied otherwise; an approval of exactly that lets them go, volumes kept', async () => {
    run();
    await applied('bot-f');
    const commit = removeFour();
    await vi.waitFor(() => expect(loop?.unit('bot-f')).toMatchObject({ sync: 'applied', commit }), WAIT);
    await vi.waitFor(() => expect(pending()).toMatchObject({ commit, count: 4, limit: 3 }), WAIT);
    await vi.waitFor(() => expect(loop?.unit('bot-d')?.leaving).toMatchObject({ isStuck: true }), WAIT);
    const { hash } = pending() ?? {};
    expect(loop?.reconciler.observed.standing().join()).toContain(`claworc approve ${commit} ${String(hash)}`);
    expect(deployments()).toEqual(NAMES);

    await expect(loop?.reconciler.approveRemovals({ commit, hash: '000000000000' })).rejects.toThrow(/not what waits/);
    const older = cluster.repo.parentOf(commit) ?? '';
    await expect(loop?.reconciler.approveRemovals({ commit: older, hash: hash ?? '' })).rejects.toThrow(
      /not what waits/,
    );
    expect(deployments()).toEqual(NAMES);

    await loop?.reconciler.approveRemovals({ commit, hash: hash ?? '' });
    await vi.waitFor(() => expect(deployments()).toEqual(['bot-e', 'bot-f']), WAIT);
    await vi.waitFor(() => expect(pending()).toBeNull(), WAIT);
    expect(claims()).toBe(4 * NAMES.length);
  });

  test('an approval outlives a restart and a commit that removes no more, and is forgotten when it was used', async () => {
    run();
    const commit = removeFour();
    await vi.waitFor(() => expect(pending()).toMatchObject({ commit, count: 4 }), WAIT);
    await loop?.stop();
    const plan = await cluster.plan();
    await cluster.plan({ approveRemovals: 'ffffffffffff' }).then(
      () => expect.unreachable(),
      (error: unknown) => expect(String(error)).toContain('not what waits'),
    );
    const hash = plan.removals?.verdict()?.hash ?? '';
    const parent = () => cluster.find('ConfigMap', 'claworc-applyset')?.metadata.annotations ?? {};
    cluster.server.store.holdsForeground = true;
    await cluster.apply({ approveRemovals: hash });
    expect(parent()).toHaveProperty(APPROVED_ANNOTATION);
    cluster.repo
      .record('bot-f', { env: { NEWER: 'yes' } })
      .synth()
      .commit();
    run();
    await applied('bot-f');
    expect(pending()).toBeNull();
    cluster.server.store.holdsForeground = false;
    for (const name of NAMES.slice(0, 4)) cluster.server.store.finish(cluster.target('Deployment', name));
    await vi.waitFor(() => expect(deployments()).toEqual(['bot-e', 'bot-f']), WAIT);
    await vi.waitFor(() => expect(parent()).not.toHaveProperty(APPROVED_ANNOTATION), WAIT);
  });

  test('a later commit that takes two of them back lets the rest go', async () => {
    run();
    const commit = removeFour();
    await vi.waitFor(() => expect(pending()).toMatchObject({ commit, count: 4 }), WAIT);
    cluster.repo.record('bot-a').record('bot-b').synth().commit();
    loop?.reconciler.reconcileNow();
    await vi.waitFor(() => expect(deployments()).toEqual(['bot-a', 'bot-b', 'bot-e', 'bot-f']), WAIT);
  });

  test('it can not loosen the budget for itself', async () => {
    run();
    await applied('bot-f');
    const fleet = cluster.repo.text('claworc.yaml');
    cluster.repo.write(
      'claworc.yaml',
      fleet.replace('spec:\n', 'spec:\n  policy:\n    removalBudget: { atOnce: 50 }\n'),
    );
    const commit = removeFour();
    await vi.waitFor(() => expect(pending()).toMatchObject({ commit, count: 4, limit: 3 }), WAIT);
    expect(deployments()).toEqual(NAMES);
  });
});

test('of what was approved no more begin within a minute than the budget says', async () => {
  const fleet = cluster.repo.text('claworc.yaml');
  cluster.repo.write(
    'claworc.yaml',
    fleet.replace('spec:\n', 'spec:\n  policy:\n    removalBudget: { perMinute: 3 }\n'),
  );
  cluster.repo.synth().commit();
  await cluster.apply();
  let now = Date.parse('2026-11-27T10:00:00Z');
  run({ clock: { now: () => now } });
  const commit = removeFour();
  await vi.waitFor(() => expect(pending()).toMatchObject({ commit, count: 4 }), WAIT);
  await loop?.reconciler.approveRemovals({ commit, hash: pending()?.hash ?? '' });
  await vi.waitFor(() => expect(deployments()).toEqual(['bot-d', 'bot-e', 'bot-f']), WAIT);
  await vi.waitFor(
    () =>
      expect(pending()?.removals).toMatchObject([{ unit: 'bot-d', wait: 'turn', until: '2026-11-27T10:01:00.000Z' }]),
    WAIT,
  );
  now += 60_000;
  loop?.reconciler.reconcileNow();
  await vi.waitFor(() => expect(deployments()).toEqual(['bot-e', 'bot-f']), WAIT);
});

test('volumes that were kept are not destroyed by a tombstone that says so later, until that is approved and its days are over', async () => {
  let now = Date.parse('2026-11-27T10:00:00Z');
  run({ clock: { now: () => now } });
  cluster.repo.remove('bot-a', 'retain').synth().commit();
  loop?.reconciler.reconcileNow();
  await vi.waitFor(() => expect(loop?.reconciler.observed.retained()).toMatchObject([{ instance: 'bot-a' }]), WAIT);
  const all = claims();
  cluster.repo.remove('bot-a', 'destroy');
  const commit = cluster.repo.synth().commit();
  loop?.reconciler.reconcileNow();
  await vi.waitFor(
    () => expect(pending()?.removals).toMatchObject([{ unit: 'bot-a', kind: 'kept_data', wait: 'approval' }]),
    WAIT,
  );
  await loop?.reconciler.approveRemovals({ commit, hash: pending()?.hash ?? '' });
  await vi.waitFor(
    () => expect(pending()?.removals).toMatchObject([{ wait: 'delay', until: '2026-12-04T10:00:00.000Z' }]),
    WAIT,
  );
  expect(claims()).toBe(all);
  now += 7 * 86_400_000;
  loop?.reconciler.reconcileNow();
  await vi.waitFor(() => expect(claims()).toBe(all - 4), WAIT);
});

test('a bot that leaves with its data in one act needs no second approval', async () => {
  run();
  cluster.repo.remove('bot-a', 'destroy').synth().commit();
  loop?.reconciler.reconcileNow();
  await vi.waitFor(() => expect(cluster.names().some((name) => name.includes('/bot-a'))).toBe(false), WAIT);
});
