import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRepository } from '../../../../server/git/repository.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { git } from '../../../support/person-git.ts';
import { embedded, put } from '../fixture.ts';

const texts = ({ versions }: { readonly versions: readonly { readonly bytes: Uint8Array | null }[] }) =>
  versions.map(({ bytes }) => (bytes === null ? null : Buffer.from(bytes).toString()));

describe('versions of one file', () => {
  it('are those of the commits that changed it, newest first, and null where it went away', async () => {
    const { repository } = await embedded();
    const first = await put(repository, { 'a.yaml': '1\n', 'b.yaml': '1\n' }, null);
    const beside = await put(repository, { 'b.yaml': '2\n' }, first);
    const second = await put(repository, { 'a.yaml': '2\n' }, beside);
    const gone = await put(repository, { 'a.yaml': null }, second);

    const found = await repository.fileVersions(gone, 'a.yaml');

    expect(found.versions.map(({ commit }) => commit)).toEqual([gone, second, first]);
    expect(texts(found)).toEqual([null, '2\n', '1\n']);
    expect(found.isWhole).toBe(true);
    expect(texts(await repository.fileVersions(beside, 'a.yaml'))).toEqual(['1\n']);
  });

  it('leave out what only a merged branch had', async () => {
    const { bare, repository } = await embedded();
    const first = await put(repository, { 'a.yaml': '1\n' }, null);
    const head = await put(repository, { 'b.yaml': '1\n' }, first);
    const tree = git(bare, 'rev-parse', `${head}^{tree}`).trim();
    const branch = git(
      bare,
      'commit-tree',
      '-p',
      first,
      '-m',
      'Beside',
      git(bare, 'mktree', '--missing').trim(),
    ).trim();
    const merge = git(bare, 'commit-tree', '-p', head, '-p', branch, '-m', 'Merge', tree).trim();

    expect(texts(await repository.fileVersions(merge, 'a.yaml'))).toEqual(['1\n']);
  });

  it('are not whole in a shallow clone, nor where an object of the history is lost', async () => {
    const { folder, bare, repository } = await embedded();
    const first = await put(repository, { 'a.yaml': '1\n' }, null);
    const second = await put(repository, { 'a.yaml': '2\n' }, first);
    const clone = join(folder, 'shallow');
    git(folder, 'clone', '--quiet', '--depth=1', `file://${bare}`, clone);
    const shallow = await openRepository({ folder: clone, log: silentLog });

    expect(await shallow.fileVersions(second, 'a.yaml')).toMatchObject({ isWhole: false });

    rmSync(join(bare, 'objects', first.slice(0, 2), first.slice(2)));
    expect(await repository.fileVersions(second, 'a.yaml')).toEqual({ versions: [], isWhole: false });
  });
});
