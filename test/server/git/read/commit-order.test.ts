import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRepository, type GitRepository } from '../../../../server/git/repository.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { git } from '../../../support/person-git.ts';
import { embedded, put } from '../fixture.ts';

const open = (folder: string): Promise<GitRepository> => openRepository({ folder, log: silentLog });

async function threeCommits() {
  const { folder, bare, repository } = await embedded();
  const first = await put(repository, { 'a.yaml': '1\n' }, null);
  const second = await put(repository, { 'a.yaml': '2\n' }, first);
  const third = await put(repository, { 'a.yaml': '3\n' }, second);
  return { folder, bare, repository, first, second, third };
}

describe('how a commit stands to another', () => {
  it('is after, before, or apart where both histories are here', async () => {
    const { bare, repository, first, second } = await threeCommits();
    const tree = git(bare, 'rev-parse', `${second}^{tree}`).trim();
    const beside = git(bare, 'commit-tree', '-p', first, '-m', 'Beside', tree).trim();
    const unrelated = git(bare, 'commit-tree', '-m', 'Another root', tree).trim();

    expect(await repository.orderOf(second, second)).toBe('after');
    expect(await repository.orderOf(second, first)).toBe('after');
    expect(await repository.orderOf(first, second)).toBe('before');
    expect(await repository.orderOf(beside, second)).toBe('apart');
    expect(await repository.orderOf(unrelated, second)).toBe('apart');
  });

  it('is missing, not apart, for a commit that this repository does not have', async () => {
    const { repository, second } = await threeCommits();

    expect(await repository.orderOf(second, '1'.repeat(40))).toBe('missing');
  });

  it('is missing, not apart, when an object between the two is lost, for whoever did not write them', async () => {
    const { bare, repository, first, second, third } = await threeCommits();
    // fast-import packs a few objects as loose ones.
    rmSync(join(bare, 'objects', second.slice(0, 2), second.slice(2)));

    expect(await (await open(bare)).orderOf(third, first)).toBe('missing');
    expect(await repository.orderOf(third, first)).toBe('after');
  });

  it('is cut off, not apart, in a shallow clone that lacks the other commit or the way to it', async () => {
    const { folder, bare, first, third } = await threeCommits();
    git(folder, 'clone', '-q', '--depth=1', `file://${bare}`, 'shallow');
    const shallow = await open(join(folder, 'shallow'));

    expect(await shallow.orderOf(third, first)).toBe('cut_off');
    git(join(folder, 'shallow'), 'fetch', '-q', '--unshallow');
    expect(await shallow.orderOf(third, first)).toBe('after');
  });
});

describe('where main is', () => {
  it('is the branch of a bare repository', async () => {
    const { repository, third } = await threeCommits();

    expect(await repository.mainHead()).toEqual({ name: 'main', commit: third });
  });

  it('is that of the remote, for a checkout of an older commit', async () => {
    const { folder, bare, second, third } = await threeCommits();
    git(folder, 'clone', '-q', bare, 'checkout');
    git(join(folder, 'checkout'), 'checkout', '-q', '--detach', second);
    const checkout = await open(join(folder, 'checkout'));

    expect(await checkout.head()).toBe(second);
    expect(await checkout.mainHead()).toEqual({ name: 'origin/HEAD', commit: third });
  });

  it('is the branch that is checked out where there is no remote and no main, and unknown where there is neither', async () => {
    const { folder, bare, third } = await threeCommits();
    git(folder, 'clone', '-q', bare, 'checkout');
    const folderOf = join(folder, 'checkout');
    git(folderOf, 'remote', 'remove', 'origin');
    git(folderOf, 'branch', '-m', 'main', 'trunk');
    const checkout = await open(folderOf);

    expect(await checkout.mainHead()).toEqual({ name: 'trunk', commit: third });
    git(folderOf, 'checkout', '-q', '--detach');
    expect(await checkout.mainHead()).toBeNull();
  });
});
