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

test('takes up more or fewer tasks at once when its number of places changes', async () => {
  let number = 1;
  const places = createSemaphore(() => number);
  const running: (() => void)[] = [];
  const all = Array.from({ length: 6 }, () => places.run(() => new Promise<void>((resolve) => running.push(resolve))));
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const endOne = (): Promise<void> => {
    running.shift()?.();
    return turn();
  };
  await turn();
  expect(running).toHaveLength(1);
  number = 3;
  await endOne();
  expect(running).toHaveLength(3);
  expect(places.isFull()).toBe(true);
  number = 1;
  await endOne();
  await endOne();
  expect(running).toHaveLength(1);
  while (running.length > 0) await endOne();
  await Promise.all(all);
  expect(places.isFull()).toBe(false);
});
