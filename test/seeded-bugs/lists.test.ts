import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { LISTS } from './lists.ts';
import { withBug } from './seeded-bug.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(resolve(root, file), 'utf8');
const all = Object.values(LISTS).flat();

it.each(all)('the seeded bug "$name" can still be put in, and its tests still have their names', (bug) => {
  const wrong = withBug(bug, read(bug.file));

  expect(() => stripTypeScriptTypes(wrong)).not.toThrow();
  expect(bug.tests).not.toEqual([]);
  for (const { file, name } of bug.tests) expect(read(file)).toContain(name);
});

it('a seeded bug is refused where its text is gone or stands twice', () => {
  const bug = { name: 'x', file: 'a.ts', find: 'one', replace: 'two', tests: [] };

  expect(withBug(bug, 'this one')).toBe('this two');
  expect(() => withBug(bug, 'that')).toThrow('nowhere');
  expect(() => withBug(bug, 'one one')).toThrow('2 times');
});

it('each seeded bug has a name of its own', () => {
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
});
