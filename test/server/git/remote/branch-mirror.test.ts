import { expect, it } from 'vitest';
import { git } from '../../../support/person-git.ts';
import { branchOf, mirrored } from './fixture.ts';

const REF = 'refs/heads/proposals/1';

it.each([
  ['moved', (next: string) => next],
  ['removed', () => null],
])('a branch that somebody pushed to meanwhile is not %s: what they pushed stays', async (_what, goal) => {
  const { mirror, push, write, bare, own } = await mirrored();
  const first = push(bare, null, 'First', 'proposals/1');
  await mirror.pullBranches();
  const theirs = push(bare, first, 'Theirs', 'proposals/1');

  const to = goal(write(own, first, 'Ours'));
  expect(await mirror.moveRefs([{ ref: REF, from: first, to }])).toBe(false);

  expect(branchOf(bare, 'proposals/1')).toBe(theirs);
  expect(branchOf(own, 'proposals/1')).toBe(first);
});

it('a branch that somebody made meanwhile is not made over: what they pushed stays', async () => {
  const { mirror, push, write, bare, own } = await mirrored();
  const theirs = push(bare, null, 'Theirs', 'proposals/1');

  expect(await mirror.moveRefs([{ ref: REF, from: null, to: write(own, null, 'Ours') }])).toBe(false);

  expect([branchOf(bare, 'proposals/1'), branchOf(own, 'proposals/1')]).toEqual([theirs, '']);
});

it('a branch that the remote took back is taken back here, and kept for whoever looks for it', async () => {
  const { mirror, push, bare, own, repository } = await mirrored();
  const first = push(bare, null, 'First', 'proposals/1');
  const second = push(bare, first, 'Second', 'proposals/1');
  await mirror.pullBranches();
  git(bare, 'update-ref', 'refs/heads/proposals/1', first);

  expect(await mirror.pullBranches()).toEqual({ isMoved: true, trouble: '' });

  expect([branchOf(bare, 'proposals/1'), branchOf(own, 'proposals/1')]).toEqual([first, first]);
  expect(await repository.readRef(`refs/claworc/left/${second}`)).toBe(second);
});
