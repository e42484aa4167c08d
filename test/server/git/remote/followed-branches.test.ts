import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { followedBranches, MOST_BRANCHES, whatIsLeft } from '../../../../server/git/remote/followed-branches.ts';
import type { OwnRef } from '../../../../server/git/refs/ref.ts';
import { branchOf, mirrored } from './fixture.ts';

const NONE = { unmerged: new Set<OwnRef>(), moved: new Map<OwnRef, number>() };
const ref = (name: string): OwnRef => `refs/heads/${name}`;
const old = (index: number): string => `old-${String(index).padStart(5, '0')}`;
const branches = (size: number, ...more: readonly string[]): ReadonlyMap<OwnRef, string> =>
  new Map([...Array.from({ length: size }, (_, index) => old(index)), ...more].map((name) => [ref(name), 'a']));

it('few branches are all looked at', () => {
  const told = branches(MOST_BRANCHES);

  expect(followedBranches(told, NONE)).toEqual(told);
  expect(whatIsLeft(told, followedBranches(told, NONE))).toBe('');
});

it('of many old ones a hundred places are left for what is pushed later, and what is left is told by name', () => {
  const told = branches(10_000, 'proposals/7');

  const followed = followedBranches(told, NONE);

  expect(followed.size).toBe(400);
  expect([followed.has(ref('proposals/7')), followed.has(ref(old(398))), followed.has(ref(old(399)))]).toEqual([
    true,
    true,
    false,
  ]);
  expect(whatIsLeft(told, followed)).toBe(
    'The remote has 10001 branches beside main, of which 400 are looked at. Not among them: old-00399, old-00400, old-00401 and 9598 more; one that is pushed to from now on is, as long as there is room. Delete there what nobody needs',
  );
});

it('what is here with changes of its own stays however many are pushed later, and of those the last ones count', () => {
  const told = branches(10_000);
  const unmerged = new Set(Array.from({ length: 450 }, (_, index) => ref(old(5_000 + index))));
  const moved = new Map(Array.from({ length: 80 }, (_, index) => [ref(old(9_000 + index)), index + 1]));

  const followed = followedBranches(told, { unmerged, moved });

  expect(followed.size).toBe(MOST_BRANCHES);
  expect([...unmerged].every((each) => followed.has(each))).toBe(true);
  expect([followed.has(ref(old(9_079))), followed.has(ref(old(9_030))), followed.has(ref(old(9_029)))]).toEqual([
    true,
    true,
    false,
  ]);
});

it('a branch that a person pushes to a remote with thousands is had: those by name had all places', async () => {
  const { mirror, push, bare, own } = await mirrored();
  const main = push(bare, null, 'Main');
  const lines = Array.from({ length: 2_000 }, (_, index) => `${main} ${ref(old(index))}\n`);
  writeFileSync(join(bare, 'packed-refs'), `# pack-refs with: peeled fully-peeled sorted \n${lines.join('')}`);
  await mirror.pull();
  expect((await mirror.pullBranches()).trouble).toContain('Not among them: old-00400, ');

  const mine = push(bare, main, 'Mine', 'zoe/memory');
  await mirror.pullBranches();

  expect(branchOf(own, 'zoe/memory')).toBe(mine);
});
