import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { recordPath } from '../../../../constructs/repo/index.ts';
import { Loop, WAIT } from '../loop-fixture.ts';
import { MemoryCluster } from '../memory-cluster.ts';

const RECORD = recordPath('bot-alpha');
const FLEET = 'claworc.yaml';

let cluster: MemoryCluster;
const loops: Loop[] = [];
const run = (): Loop => {
  const loop = new Loop(cluster);
  loops.push(loop);
  return loop;
};
const shows = (loop: Loop, expected: object, unit = 'bot-alpha'): Promise<void> =>
  vi.waitFor(() => expect(loop.unit(unit)).toMatchObject(expected), WAIT);
/** Writes to anything of the bot. */
const writesTo = (unit: string): readonly string[] => cluster.writes().filter((write) => write.includes(`/${unit}`));
const replicas = (unit = 'bot-alpha'): unknown =>
  (cluster.find('Deployment', unit)?.spec as { readonly replicas?: unknown } | undefined)?.replicas;

beforeEach(async () => {
  cluster = await MemoryCluster.create();
  cluster.repo.record('bot-alpha').record('bot-beta').synth().commit();
});
afterEach(async () => {
  for (const loop of loops.splice(0)) await loop.stop();
  await cluster[Symbol.asyncDispose]();
});

describe('a suspended bot', () => {
  test('is not written: what main has of it is told as not applied, and done when it is resumed', async () => {
    const loop = run();
    await shows(loop, { sync: 'applied' });
    cluster.repo.reconciled(RECORD, 'suspend', 'it leaks memory');
    loop.publish();
    await shows(loop, { sync: 'applied', suspension: { mode: 'suspend', reason: 'it leaks memory', from: 'record' } });
    const sofar = writesTo('bot-alpha').length;

    cluster.repo.write(RECORD, cluster.repo.text(RECORD).replace('spec:\n', 'spec:\n  state: stopped\n'));
    const stopped = loop.publish();
    await shows(loop, {
      sync: 'published',
      reason: 'suspended (it leaks memory): what main has is not applied',
      statusReason: expect.stringContaining('wanted stopped: suspended (it leaks memory)') as string,
    });
    expect(writesTo('bot-alpha')).toHaveLength(sofar);
    expect(replicas()).toBe(1);
    expect(loop.unit('bot-alpha')?.commit).not.toBe(stopped);

    cluster.repo.reconciled(RECORD, null);
    const resumed = loop.publish();
    await shows(loop, { sync: 'applied', suspension: null, commit: resumed });
    expect(replicas()).toBe(0);
  });

  test.each(['detect', 'suspend'] as const)('in mode %s is shown as drifted, and not put right', async (mode) => {
    cluster.repo.reconciled(RECORD, mode).synth().commit();
    const loop = run();
    await shows(loop, { sync: 'published' });
    expect(writesTo('bot-alpha')).toEqual([]);
    cluster.repo.reconciled(RECORD, 'apply');
    loop.publish();
    await shows(loop, { sync: 'applied' });
    cluster.repo.reconciled(RECORD, mode);
    loop.publish();
    await shows(loop, { suspension: { mode } });

    cluster.edit('Deployment', 'bot-alpha', 'kubectl-edit', { spec: { replicas: 3 } });

    await shows(loop, {
      sync: 'drifted',
      reason: `1 field: spec.replicas; ${mode === 'suspend' ? 'suspended' : 'only compared'}`,
    });
    expect(replicas()).toBe(3);
    cluster.repo.reconciled(RECORD, null);
    loop.publish();
    await shows(loop, { sync: 'applied' });
    expect(replicas()).toBe(1);
  });

  test('of its own goes by its tombstone: deleting it is asked for by itself', async () => {
    const loop = run();
    await shows(loop, { sync: 'applied' });
    cluster.repo.reconciled(RECORD, 'suspend');
    loop.publish();
    await shows(loop, { suspension: { mode: 'suspend' } });

    cluster.repo.remove('bot-alpha', 'retain');
    loop.publish();

    await vi.waitFor(() => expect(cluster.find('Deployment', 'bot-alpha')).toBeUndefined(), WAIT);
  });

  test('keeps the others from nothing', async () => {
    cluster.repo.reconciled(RECORD, 'suspend').synth().commit();
    const loop = run();

    await shows(loop, { sync: 'applied' }, 'bot-beta');
    expect(writesTo('bot-alpha')).toEqual([]);
    expect(loop.reconciler.observed.standing()).toEqual([]);
  });
});

describe('a suspended fleet', () => {
  test('has nothing written or removed, says so, and goes on when it is resumed', async () => {
    const loop = run();
    await shows(loop, { sync: 'applied' });
    await shows(loop, { sync: 'applied' }, 'bot-beta');
    cluster.repo.reconciled(FLEET, 'suspend', 'the storage is moved');
    loop.publish();
    await shows(loop, { suspension: { from: 'fleet' } });
    await vi.waitFor(
      () =>
        expect(loop.reconciler.observed.standing()).toEqual([
          'Nothing is written or removed: suspended with the whole fleet (the storage is moved)',
        ]),
      WAIT,
    );
    const sofar = cluster.writes().length;

    cluster.repo.remove('bot-beta', 'retain');
    loop.publish();
    await shows(
      loop,
      { leaving: { waitsFor: 'suspended with the whole fleet (the storage is moved)', isStuck: true } },
      'bot-beta',
    );
    cluster.edit('Deployment', 'bot-alpha', 'kubectl-edit', { spec: { replicas: 3 } });
    await shows(loop, { sync: 'drifted' });
    expect(cluster.writes()).toHaveLength(sofar);

    cluster.repo.reconciled(FLEET, null);
    loop.publish();
    await shows(loop, { sync: 'applied' });
    await vi.waitFor(() => expect(cluster.find('Deployment', 'bot-beta')).toBeUndefined(), WAIT);
    expect(loop.reconciler.observed.standing()).toEqual([]);
  });

  test('goes on with a bot whose record says apply', async () => {
    cluster.repo.reconciled(FLEET, 'suspend').reconciled(RECORD, 'apply').synth().commit();
    const loop = run();

    await shows(loop, { sync: 'applied' });
    await shows(loop, { sync: 'published' }, 'bot-beta');
    expect(writesTo('bot-beta')).toEqual([]);
  });
});

describe('one pass over a suspended bot', () => {
  test('plans what resuming does, and applies nothing of it', async () => {
    await cluster.apply();
    cluster.repo.reconciled(RECORD, 'suspend', 'wait').synth().commit();
    cluster.edit('Deployment', 'bot-alpha', 'kubectl-edit', { spec: { replicas: 3 } });

    const plan = await cluster.plan();
    const of = plan.units.find(({ unit }) => unit === 'bot-alpha');
    expect(of).toMatchObject({ state: 'present', suspension: { mode: 'suspend' } });
    expect(of?.actions.map(({ action }) => action)).toContain('configure');

    const { units } = await cluster.apply();
    expect(units.find(({ unit }) => unit === 'bot-alpha')).toMatchObject({
      state: 'held',
      isSuspended: true,
      reason: 'suspended (wait)',
    });
    expect(replicas()).toBe(3);
  });
});
