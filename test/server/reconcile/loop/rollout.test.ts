import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ReconcilerOptions } from '../../../../server/reconcile/loop/reconciler.ts';
import { ROLLOUT_ANNOTATION } from '../../../../server/reconcile/plan/rollout/rollout-state.ts';
import { Loop, WAIT } from '../loop-fixture.ts';
import { MemoryCluster } from '../memory-cluster.ts';

const NAMES = ['bot-a', 'bot-b', 'bot-c', 'bot-d', 'bot-e', 'bot-f'];
const [OLD, NEW, NEWER] = ['ghcr.io/acme/moltbot:1', 'ghcr.io/acme/moltbot:2', 'ghcr.io/acme/moltbot:3'];

let cluster: MemoryCluster;
let loop: Loop | undefined;
let now: number;
const run = (options: Partial<ReconcilerOptions> = {}): Loop =>
  (loop = new Loop(cluster, { clock: { now: () => now }, ...options }));
const shown = () => loop?.reconciler.observed.rollout() ?? null;
const imageOf = (name: string): string => {
  const spec = cluster.find('Deployment', name)?.spec as {
    template: { spec: { containers: readonly { image: string }[] } };
  };
  return spec.template.spec.containers[0]?.image ?? '';
};
/** Bots whose Deployment has the image. */
const running = (image: string): readonly string[] => NAMES.filter((name) => imageOf(name) === image);
const annotation = (): string | undefined =>
  cluster.find('ConfigMap', 'claworc-applyset')?.metadata.annotations?.[ROLLOUT_ANNOTATION];
const publish = (): string => {
  const commit = cluster.repo.synth().commit();
  loop?.reconciler.reconcileNow();
  return commit;
};
/** Lets the newest ring settle. */
const settle = (): void => {
  now += 60_000;
  loop?.reconciler.reconcileNow();
};
const settled = (ring: number, healthy: number): Promise<void> =>
  vi.waitFor(() => expect(shown()).toMatchObject({ ring, counts: { healthy, pending: 0, unhealthy: 0 } }), WAIT);
const over = (): Promise<void> =>
  vi.waitFor(() => {
    expect(shown()).toBeNull();
    expect(annotation()).toBeUndefined();
  }, WAIT);

beforeEach(async () => {
  now = Date.parse('2026-11-27T10:00:00Z');
  cluster = await MemoryCluster.create();
  // A stopped bot is healthy without a node that would run it.
  for (const name of NAMES) cluster.repo.record(name, { state: 'stopped' });
  cluster.repo.rolledOut('{ rings: ["1", "50%", "100%"], settleSeconds: 60 }').imaged(OLD).synth().commit();
  await cluster.apply();
});
afterEach(async () => {
  await loop?.stop();
  loop = undefined;
  await cluster[Symbol.asyncDispose]();
});

describe('a new image for the fleet', () => {
  test('goes to one bot, then to half of them, then to all, each time after the ones before were healthy for a while', async () => {
    run();
    const from = cluster.repo.head();
    cluster.repo.imaged(NEW);
    const target = publish();

    await settled(1, 1);
    expect(shown()).toMatchObject({ target, from, phase: 'running', rings: [1, 2, 3], held: 5 });
    const [first = ''] = running(NEW);
    expect(running(OLD)).toHaveLength(5);
    const held = loop?.unit(NAMES.find((name) => name !== first) ?? '');
    expect(held).toMatchObject({ sync: 'published', commit: from, heldBack: { runs: from, target } });
    expect(held?.reason).toContain('held back: it waits for ring');

    settle();
    await settled(2, 3);
    expect(running(NEW)).toHaveLength(3);
    expect(running(NEW)).toContain(first);

    settle();
    await settled(3, 6);
    expect(running(NEW)).toEqual(NAMES);
    settle();
    await over();
    expect(loop?.unit(first)).toMatchObject({ sync: 'applied', heldBack: null });
    expect(loop?.reconciler.figures().converged).toBe(target);
  });

  test('stays where it is over a restart, and goes on from there', async () => {
    run();
    cluster.repo.imaged(NEW);
    publish();
    await settled(1, 1);
    settle();
    await settled(2, 3);
    const before = running(NEW);
    await loop?.stop();

    run();
    await settled(2, 3);
    expect(running(NEW)).toEqual(before);
    settle();
    await settled(3, 6);
    settle();
    await over();
  });

  test('stays where it is for a pass of apply, which tells what it keeps back, and goes on with the next', async () => {
    cluster.repo.imaged(NEW).synth().commit();
    await cluster.apply({ clock: { now: () => now } });
    expect(running(NEW)).toHaveLength(1);
    await cluster.apply({ clock: { now: () => now } });
    expect(running(NEW)).toHaveLength(1);
    now += 60_000;
    await cluster.apply({ clock: { now: () => now } });
    expect(running(NEW)).toHaveLength(3);

    run();
    await settled(2, 3);
    expect(running(NEW)).toHaveLength(3);
  });

  test('an edit of one bot goes at once, one that is added too, and drift of a bot that waits is put right as it runs', async () => {
    run();
    cluster.repo.imaged(NEW);
    publish();
    await settled(1, 1);
    const [edited = '', drifted = ''] = running(OLD);

    cluster.repo.record(edited, { state: 'stopped', env: { MINE: 'yes' } }).record('bot-new', { state: 'stopped' });
    const commit = publish();
    await vi.waitFor(() => expect(loop?.unit(edited)).toMatchObject({ sync: 'applied', commit }), WAIT);
    await vi.waitFor(() => expect(loop?.unit('bot-new')).toMatchObject({ sync: 'applied' }), WAIT);
    expect(imageOf(edited)).toBe(NEW);
    expect(imageOf('bot-new')).toBe(NEW);

    cluster.edit('Deployment', drifted, 'kubectl-edit', { spec: { replicas: 3 } });
    await vi.waitFor(() => expect(cluster.find('Deployment', drifted)?.spec).toMatchObject({ replicas: 0 }), WAIT);
    expect(imageOf(drifted)).toBe(OLD);
    expect(shown()).toMatchObject({ ring: 1, phase: 'running', held: 4 });
  });

  test('a tombstone goes at once', async () => {
    run();
    cluster.repo.imaged(NEW);
    publish();
    await settled(1, 1);
    const [gone = ''] = running(OLD);
    cluster.repo.remove(gone, 'retain');
    publish();
    await vi.waitFor(() => expect(cluster.find('Deployment', gone)).toBeUndefined(), WAIT);
    expect(shown()).toMatchObject({ ring: 1, held: 4 });
  });

  test('one that comes after it begins anew, and bots keep what each of them runs', async () => {
    run();
    const first = cluster.repo.head();
    cluster.repo.imaged(NEW);
    publish();
    await settled(1, 1);
    settle();
    await settled(2, 3);
    const before = running(NEW);

    cluster.repo.imaged(NEWER);
    const target = publish();
    await vi.waitFor(() => expect(shown()).toMatchObject({ target, from: first, ring: 1 }), WAIT);
    await settled(1, 1);
    expect(running(NEWER)).toHaveLength(1);
    expect(running(NEW)).toEqual(before.filter((name) => !running(NEWER).includes(name)));
    expect(running(OLD)).toHaveLength(3);
    await loop?.stop();
    run();
    await settled(1, 1);
    expect(running(NEW)).toHaveLength(2);
    expect(running(OLD)).toHaveLength(3);
  });

  test('a commit that takes it back goes to all bots that have it at once', async () => {
    run();
    cluster.repo.imaged(NEW);
    publish();
    await settled(1, 1);
    settle();
    await settled(2, 3);
    cluster.repo.imaged(OLD);
    publish();
    await vi.waitFor(() => expect(running(OLD)).toEqual(NAMES), WAIT);
    await over();
  });
});

describe('a person', () => {
  test('pauses a rollout, lets it go on, and lets all bots have the change', async () => {
    run();
    cluster.repo.imaged(NEW);
    const target = publish();
    await settled(1, 1);
    await loop?.reconciler.steerRollout({ action: 'pause', target });
    await vi.waitFor(() => expect(shown()).toMatchObject({ phase: 'paused' }), WAIT);
    expect(loop?.reconciler.observed.standing().join()).toContain('is paused in ring 1 of 3');
    settle();
    await expect(loop?.reconciler.steerRollout({ action: 'pause' })).rejects.toThrow(/paused already/);
    expect(running(NEW)).toHaveLength(1);

    await loop?.reconciler.steerRollout({ action: 'resume' });
    await vi.waitFor(() => expect(shown()).toMatchObject({ phase: 'running', ring: 1 }), WAIT);
    await loop?.reconciler.steerRollout({ action: 'skip' });
    await vi.waitFor(() => expect(running(NEW)).toEqual(NAMES), WAIT);
    settle();
    await over();
  });

  test('steers no other rollout than the one that they saw', async () => {
    run();
    await vi.waitFor(() => expect(loop?.unit('bot-a')).toMatchObject({ sync: 'applied' }), WAIT);
    await expect(loop?.reconciler.steerRollout({ action: 'skip' })).rejects.toThrow(/No rollout is on its way/);
    cluster.repo.imaged(NEW);
    publish();
    await settled(1, 1);
    const other = { action: 'skip', target: 'b'.repeat(40) } as const;
    await expect(loop?.reconciler.steerRollout(other)).rejects.toThrow(/Look at it again/);
  });
});

test('what is unhealthy with the change stops it by itself, and a person may go on all the same', async () => {
  cluster.server.store.admit = (object) => object;
  run();
  cluster.repo.imaged(NEW);
  const target = publish();
  await settled(1, 1);
  const [first = ''] = running(NEW);
  // Nothing would run it, and after a while that counts.
  cluster.edit('Deployment', first, 'keda-operator', { spec: { replicas: 1 } });
  now += 700_000;
  loop?.reconciler.reconcileNow();
  await vi.waitFor(() => expect(shown()).toMatchObject({ target, phase: 'stopped', unhealthy: [first] }), WAIT);
  expect(shown()?.sentence).toContain(`1 bot is unhealthy with the change (${first}), and none may be`);
  expect(running(NEW)).toEqual([first]);

  await loop?.reconciler.steerRollout({ action: 'resume' });
  await vi.waitFor(() => expect(shown()).toMatchObject({ phase: 'running', counts: { excused: 1 } }), WAIT);
  settle();
  await vi.waitFor(() => expect(running(NEW)).toHaveLength(3), WAIT);
});

test('a change that reaches few bots, or of a fleet that asks for no rings, goes to all at once', async () => {
  run();
  cluster.repo.rolledOut(null);
  publish();
  cluster.repo.imaged(NEW);
  publish();
  await vi.waitFor(() => expect(running(NEW)).toEqual(NAMES), WAIT);
  cluster.repo.rolledOut('{ moreThan: 6 }').imaged(NEWER);
  publish();
  await vi.waitFor(() => expect(running(NEWER)).toEqual(NAMES), WAIT);
  expect(annotation()).toBeUndefined();
});
