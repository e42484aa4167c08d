import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openRepository } from '../../../server/git/repository.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { git } from '../../support/person-git.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { AT, embedded, put } from './fixture.ts';
import { PATIENCE_MS } from '../../support/patience.ts';

describe('history', () => {
  it('is newest first, with trailers and changed paths, of a path or since a commit', async () => {
    const { repository } = await embedded();
    const first = await put(repository, { 'instances/bot-a.yaml': '1\n', 'instances/bot-b.yaml': '1\n' }, null, 'One');
    const second = await put(repository, { 'instances/bot-a.yaml': '2\n' }, first, 'Two');
    const third = await put(repository, { 'instances/bot-b.yaml': null }, second, 'Three');

    expect((await repository.log()).map(({ subject }) => subject)).toEqual(['Three', 'Two', 'One']);
    expect((await repository.log({ path: 'instances/bot-a.yaml' })).map(({ commit }) => commit)).toEqual([
      second,
      first,
    ]);
    expect(await repository.log({ since: second })).toMatchObject([
      { commit: third, parents: [second], at: AT, files: [{ path: 'instances/bot-b.yaml', change: 'removed' }] },
    ]);
    expect((await repository.log({ limit: 1 })).map(({ commit }) => commit)).toEqual([third]);
  });

  it('tells ancestors, changed paths and patches', async () => {
    const { repository } = await embedded();
    const first = await put(repository, { 'instances/bot-a.yaml': 'cpu: 1\n' });
    const second = await put(repository, { 'instances/bot-a.yaml': 'cpu: 2\n', 'dist/bot-a/x.yaml': 'x\n' });

    expect(await repository.isAncestor(first, second)).toBe(true);
    expect(await repository.isAncestor(second, first)).toBe(false);
    expect(await repository.isAncestor('1'.repeat(40), second)).toBe(false);
    expect(await repository.parentOf(second)).toBe(first);
    expect(await repository.parentOf(first)).toBeNull();
    expect(await repository.diffCommits(first, second)).toEqual(['dist/bot-a/x.yaml', 'instances/bot-a.yaml']);
    expect(await repository.diffCommits(null, first)).toEqual(['instances/bot-a.yaml']);
    const patches = await repository.patches([second, first], ['instances/bot-a.yaml']);
    expect([...patches.keys()]).toEqual([second, first]);
    expect(patches.get(second)).toContain('-cpu: 1\n+cpu: 2\n');
    expect(patches.get(second)).not.toContain('x.yaml');
    expect((await repository.patches([first], ['instances'])).get(first)).toContain('+cpu: 1\n');
    expect([...(await repository.patches([first], ['dist']))]).toEqual([[first, '']]);
  });
});

describe('watching main', () => {
  it('sees a push, our own commit, and refs being packed, after which main reads as before', async () => {
    const { folder, bare, repository } = await embedded();
    await put(repository, { 'claworc.yaml': '1\n' });
    const changed = vi.fn();
    const watch = await repository.watchMain(changed);

    await put(repository, { 'claworc.yaml': '2\n' });
    await vi.waitFor(() => expect(changed).toHaveBeenCalled(), { timeout: PATIENCE_MS });

    changed.mockClear();
    git(folder, 'clone', '-q', bare, 'checkout');
    git(join(folder, 'checkout'), 'commit', '--allow-empty', '-qm', 'Pushed');
    git(join(folder, 'checkout'), 'push', '-q', 'origin', 'HEAD');
    await vi.waitFor(() => expect(changed).toHaveBeenCalled(), { timeout: PATIENCE_MS });

    changed.mockClear();
    const head = await repository.head();
    git(bare, 'pack-refs', '--all', '--prune');
    await vi.waitFor(() => expect(changed).toHaveBeenCalled(), { timeout: PATIENCE_MS });
    expect(await repository.head()).toBe(head);
    expect(await put(repository, { 'claworc.yaml': '3\n' }, head)).toBe(await repository.head());
    await watch.close();
  });
});

describe('a local checkout', () => {
  it('is read at its HEAD, also in a worktree', async () => {
    const folder = tempFolder();
    git(folder, 'init', '-q', '-b', 'main', 'checkout');
    const checkout = join(folder, 'checkout');
    writeFileSync(join(checkout, 'claworc.yaml'), 'x\n');
    git(checkout, 'add', '.');
    git(checkout, 'commit', '-qm', 'One');
    git(checkout, 'worktree', 'add', '-q', '-b', 'other', join(folder, 'tree'));

    for (const place of [checkout, join(folder, 'tree')]) {
      const repository = await openRepository({ folder: place, log: silentLog });
      const head = git(place, 'rev-parse', 'HEAD').trim();
      expect(await repository.head()).toBe(head);
      expect([...(await repository.readFiles(head)).files.keys()]).toEqual(['claworc.yaml']);
      expect(repository.bare).toBe(false);
    }
  });

  it('is not looked for in the folders above', async () => {
    const folder = tempFolder();
    git(folder, 'init', '-q', '-b', 'main');
    mkdirSync(join(folder, 'below'));

    await expect(openRepository({ folder: join(folder, 'below'), log: silentLog })).rejects.toMatchObject({
      code: 'git_refused',
      message: expect.stringContaining('not the top of a git repository') as string,
    });
    await expect(openRepository({ folder: join(folder, 'nowhere'), log: silentLog })).rejects.toThrow(
      'There is no folder',
    );
  });
});
