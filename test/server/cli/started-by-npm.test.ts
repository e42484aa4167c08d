import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Link, type ProcessStat, watchNpm } from '../../../server/cli/started-by-npm.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const NPM = { npm_lifecycle_event: 'start' };
/** Our process is 40, its shell 30, npm 20, the person's shell 10. */
const chain = (): Map<number, ProcessStat> =>
  new Map([
    [40, { name: 'node', parent: 30 }],
    [30, { name: 'sh', parent: 20 }],
    [20, { name: 'npm start', parent: 10 }],
    [10, { name: 'bash', parent: 1 }],
  ]);

function watched(processes: Map<number, ProcessStat>, env: NodeJS.ProcessEnv = NPM): () => number {
  const end = vi.fn();
  const statOf = (pid: number) => processes.get(pid);
  const isJoined = ({ child, parent }: Link) => statOf(child)?.parent === parent;
  watchNpm({ pid: 40, env, processes: { statOf, isJoined } }, end);
  return () => {
    vi.advanceTimersByTime(5_000);
    return end.mock.calls.length;
  };
}

test.each([
  ['npm was killed and its shell goes on', 30],
  ['the shell of npm passed nothing on and ended', 40],
])('a server ends, once, when %s', (_, orphan) => {
  const processes = chain();
  const ends = watched(processes);
  expect(ends()).toBe(0);

  processes.set(orphan, { name: 'sh', parent: 1 });

  expect(ends()).toBe(1);
  expect(ends()).toBe(1);
});

test('a server goes on when the shell is closed from which npm was put into the background', () => {
  const processes = chain();
  const ends = watched(processes);

  processes.set(20, { name: 'npm start', parent: 1 });

  expect(ends()).toBe(0);
});

test('nothing is watched where no npm is above, or none started it', () => {
  const orphaned = chain().set(30, { name: 'sh', parent: 10 });
  const unasked = chain();
  const ends = [watched(orphaned), watched(unasked, {})];

  for (const processes of [orphaned, unasked]) processes.set(40, { name: 'node', parent: 1 });

  expect(ends.map((each) => each())).toEqual([0, 0]);
});
