import { expect, test, vi } from 'vitest';
import { createUnitQueue } from '../../../../server/reconcile/loop/unit-queue.ts';

test('works on a unit once however often it is added, and once more when it was added meanwhile', async () => {
  const order: string[] = [];
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const idle = vi.fn();
  const queue = createUnitQueue({
    concurrency: 2,
    onIdle: idle,
    work: async (unit) => {
      order.push(unit);
      if (order.length === 1) await gate;
    },
  });
  queue.add('a');
  queue.add('a');
  queue.add('a');
  queue.add('b');
  expect(order).toEqual(['a', 'b']);
  release();
  await vi.waitFor(() => expect(idle).toHaveBeenCalled());
  expect(order).toEqual(['a', 'b', 'a']);
  await queue.stop();
});

test('never works on more units at once than it may', async () => {
  let now = 0;
  let most = 0;
  const queue = createUnitQueue({
    concurrency: 3,
    onIdle: () => undefined,
    work: async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now--;
    },
  });
  for (let index = 0; index < 50; index++) queue.add(`unit-${index}`);
  await vi.waitFor(() => expect(queue.isIdle()).toBe(true));
  expect(most).toBe(3);
  await queue.stop();
});

test('takes nothing up after it was stopped, and waits for what is under way', async () => {
  const work = vi.fn(() => new Promise<void>((resolve) => setImmediate(resolve)));
  const queue = createUnitQueue({ concurrency: 1, onIdle: () => undefined, work });
  queue.add('a');
  queue.add('b');
  queue.addAfter('c', 0);
  await queue.stop();
  queue.add('d');
  expect(work.mock.calls).toEqual([['a']]);
});

test('lets others in between when units that wait for nothing have used up a turn, and forgets none', async () => {
  let now = 0;
  const order: string[] = [];
  const idle = Promise.withResolvers<undefined>();
  const queue = createUnitQueue({
    concurrency: 2,
    now: () => now,
    onIdle: () => idle.resolve(undefined),
    work: async (unit) => {
      order.push(unit);
      now += 4;
      if (unit === 'a') setImmediate(() => order.push('another'));
    },
  });

  for (const unit of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) queue.add(unit);
  await idle.promise;

  expect(order.slice(0, 7)).toContain('another');
  expect(order.filter((word) => word !== 'another')).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  await queue.stop();
});
