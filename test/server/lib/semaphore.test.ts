import { expect, test } from 'vitest';
import { createSemaphore } from '../../../server/lib/semaphore.ts';

test('never runs more tasks at once than it has places, and all of them in the end, in order', async () => {
  const places = createSemaphore(3);
  const [ended, running]: [number[], Set<number>] = [[], new Set()];
  let most = 0;
  const task = async (number: number): Promise<void> => {
    running.add(number);
    most = Math.max(most, running.size);
    await new Promise((resolve) => setImmediate(resolve));
    running.delete(number);
    ended.push(number);
  };
  await Promise.all(Array.from({ length: 20 }, (_, number) => places.run(() => task(number))));
  expect(most).toBe(3);
  expect(ended).toEqual(Array.from({ length: 20 }, (_, number) => number));
});

test('a task that failed gives its place back, and one that is aborted while it waits never starts', async () => {
  const places = createSemaphore(1);
  await expect(places.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  let finish = (): void => undefined;
  const first = places.run(() => new Promise<void>((resolve) => (finish = resolve)));
  const stop = new AbortController();
  let started = false;
  const second = places.run(async () => void (started = true), stop.signal);
  stop.abort(new Error('enough'));
  await expect(second).rejects.toThrow('enough');
  finish();
  await first;
  await expect(places.run(async () => 'third')).resolves.toBe('third');
  expect(started).toBe(false);
});
