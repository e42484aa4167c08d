import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Loop, WAIT } from '../loop-fixture.ts';
import { MemoryCluster } from '../memory-cluster.ts';

let cluster: MemoryCluster;
let loop: Loop;
const eventsOf = (title: string) => loop.unit('bot-alpha')?.events.filter((event) => event.title === title) ?? [];
const shows = (expected: object): Promise<void> =>
  vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject(expected), WAIT);

beforeEach(async () => {
  cluster = await MemoryCluster.create();
  cluster.repo.record('bot-alpha').synth().commit();
  loop = new Loop(cluster);
  await shows({ sync: 'applied' });
});
afterEach(async () => {
  await loop.stop();
  await cluster[Symbol.asyncDispose]();
});

describe('drift that was put right', () => {
  test('is told with what lived, and by whom and when it was written', async () => {
    cluster.edit('Deployment', 'bot-alpha', 'kubectl-scale', { spec: { replicas: 3 } });

    await vi.waitFor(
      () =>
        expect(eventsOf('Drift corrected')[0]?.detail).toMatch(
          /^spec\.replicas was 3, main has 1: by kubectl-scale( at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)?$/,
        ),
      WAIT,
    );
  });

  test('of an object that somebody deleted says that it was, and that it is made again', async () => {
    cluster.server.store.finish(cluster.target('Service', 'bot-alpha-vnc'));

    await vi.waitFor(
      () =>
        expect(eventsOf('Drift corrected')[0]?.detail).toBe(
          'Service bot-alpha-vnc was deleted, by whom the cluster does not tell, and is made again',
        ),
      WAIT,
    );
    expect(cluster.find('Service', 'bot-alpha-vnc')).toBeDefined();
  });

  test('of a bot that is made for the first time, or removed by main, is none', async () => {
    cluster.repo.record('bot-beta').synth();
    loop.publish();
    await vi.waitFor(() => expect(loop.unit('bot-beta')).toMatchObject({ sync: 'applied' }), WAIT);
    cluster.repo.remove('bot-beta', 'destroy');
    loop.publish();
    await vi.waitFor(() => expect(cluster.find('Deployment', 'bot-beta')).toBeUndefined(), WAIT);
    cluster.repo.record('bot-beta').synth();
    loop.publish();
    await vi.waitFor(() => expect(loop.unit('bot-beta')).toMatchObject({ sync: 'applied' }), WAIT);

    expect(loop.unit('bot-beta')?.events.map(({ title }) => title)).not.toContain('Drift corrected');
  });
});

describe('an object that something else undoes each time', () => {
  const fight = async (undo: () => void, isRight: () => boolean): Promise<void> => {
    for (let round = 0; round < 6; round++) {
      undo();
      await vi.waitFor(() => expect(isRight()).toBe(true), WAIT);
      await vi.waitFor(() => expect(eventsOf('Drift corrected').length).toBeGreaterThan(0), WAIT);
    }
    undo();
    await vi.waitFor(() => expect(loop.unit('bot-alpha')?.fights).toHaveLength(1), WAIT);
  };
  const replicas = (): unknown => (cluster.find('Deployment', 'bot-alpha')?.spec as { replicas?: number }).replicas;

  test('rests with the manager and the time when it goes on, which a person can bring forward', async () => {
    await fight(
      () => cluster.edit('Deployment', 'bot-alpha', 'kubectl-autoscaler', { spec: { replicas: 3 } }),
      () => replicas() === 1,
    );
    expect(loop.unit('bot-alpha')?.fights[0]).toMatchObject({
      kind: 'Deployment',
      name: 'bot-alpha',
      count: 6,
      managers: ['kubectl-autoscaler'],
    });
    await shows({ sync: 'drifted' });
    expect(replicas()).toBe(3);

    loop.reconciler.goOn('bot-alpha');

    await shows({ sync: 'applied', fights: [] });
    expect(replicas()).toBe(1);
  });

  test('rests too when it is deleted each time', async () => {
    const isThere = (): boolean => cluster.find('Service', 'bot-alpha-vnc') !== undefined;
    await fight(() => {
      cluster.server.store.finish(cluster.target('Service', 'bot-alpha-vnc'));
    }, isThere);

    expect(loop.unit('bot-alpha')?.fights[0]).toMatchObject({ kind: 'Service', count: 6, managers: [] });
    expect(isThere()).toBe(false);
  });
});
