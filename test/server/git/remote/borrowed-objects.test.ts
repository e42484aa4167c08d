import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { git } from '../../../support/person-git.ts';
import { branchOf, mirrored } from './fixture.ts';

const UNFIT = {
  state: 'trouble',
  trouble: 'unfit',
  detail: expect.stringContaining('it borrows objects of another repository') as string,
};

it('a folder that borrows objects of another repository brings none of them here, and goes on once it has its own', async () => {
  const secret = await mirrored();
  const theirs = secret.push(secret.bare, null, 'Of nobody here');
  const { mirror, push, bare, own } = await mirrored();
  const head = push(bare, null, 'First');
  await mirror.pull();
  const list = join(bare, 'objects', 'info', 'alternates');
  writeFileSync(list, `${join(secret.bare, 'objects')}\n`);
  git(bare, 'update-ref', 'refs/heads/main', theirs);

  expect(await mirror.pull()).toEqual(UNFIT);
  await expect(mirror.next()).rejects.toMatchObject({ body: { trouble: 'unfit' } });
  expect(await mirror.pullBranches()).toMatchObject({ trouble: UNFIT.detail });
  expect(branchOf(own)).toBe(head);
  expect(() => git(own, 'cat-file', '-e', theirs)).toThrow();

  git(bare, 'update-ref', 'refs/heads/main', push(bare, head, 'Second'));
  git(bare, 'repack', '-adq');
  rmSync(list);
  expect(await mirror.pull()).toEqual({ state: 'same', head: branchOf(bare) });
});

it.each<[string, (list: string) => void]>([
  ['is a pipe', (list) => void execFileSync('mkfifo', [list])],
  ['is too long to be read', (list) => writeFileSync(list, '#'.repeat(100_000))],
])('a list of borrowed objects that %s keeps nobody waiting', async (_what, make) => {
  const { mirror, bare } = await mirrored();
  make(join(bare, 'objects', 'info', 'alternates'));

  expect(await mirror.pull()).toEqual(UNFIT);
});

it('a list of borrowed objects that names none is none', async () => {
  const { mirror, push, bare } = await mirrored();
  const head = push(bare, null, 'First');
  writeFileSync(join(bare, 'objects', 'info', 'alternates'), '# once there was one\n\n');

  expect(await mirror.pull()).toEqual({ state: 'same', head });
});
