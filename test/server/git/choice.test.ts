import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { put, textOf } from './fixture.ts';
import { openRepository, type RepositoryChoice } from '../../../server/git/repository.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { git } from '../../support/person-git.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** A bare repository whose HEAD names `head`, with one commit of `files` on each of `branches`. */
function bareWith(
  head: string,
  branches: readonly string[],
  files: Record<string, string> = { 'claworc.yaml': '1\n' },
) {
  const folder = tempFolder();
  git(folder, 'init', '-q', '--bare', '-b', head, 'bare.git');
  const bare = join(folder, 'bare.git');
  git(folder, 'clone', '-q', bare, 'checkout');
  const checkout = join(folder, 'checkout');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(checkout, dirname(path)), { recursive: true });
    writeFileSync(join(checkout, path), text);
  }
  git(checkout, 'add', '.');
  git(checkout, 'commit', '-qm', 'One');
  for (const branch of branches) git(checkout, 'push', '-q', 'origin', `HEAD:refs/heads/${branch}`);
  return {
    bare,
    checkout,
    open: (choice: RepositoryChoice = {}) => openRepository({ folder: bare, log: silentLog, ...choice }),
  };
}

const branchesOf = (bare: string) =>
  git(bare, 'for-each-ref', '--format=%(refname:short)', 'refs/heads').trim().split('\n');

describe('the branch of a repository', () => {
  it('is the one that HEAD names, and no second one is made beside it', async () => {
    const { bare, open } = bareWith('trunk', ['trunk']);
    const repository = await open();

    await put(repository, { 'claworc.yaml': '2\n' });

    expect(branchesOf(bare)).toEqual(['trunk']);
    expect(git(bare, 'show', 'trunk:claworc.yaml')).toBe('2\n');
  });

  it('is main where HEAD names a branch without a commit', async () => {
    const { bare, open } = bareWith('master', ['main', 'other']);
    const repository = await open();

    expect(await repository.head()).toBe(git(bare, 'rev-parse', 'main').trim());
  });

  it('is the named one, and must be there', async () => {
    const { bare, open } = bareWith('main', ['main', 'fleets/eu']);

    const repository = await open({ branch: 'fleets/eu' });
    await put(repository, { 'claworc.yaml': 'eu\n' });

    expect(git(bare, 'show', 'fleets/eu:claworc.yaml')).toBe('eu\n');
    expect(git(bare, 'show', 'main:claworc.yaml')).toBe('1\n');
    await expect(open({ branch: 'mian' })).rejects.toThrow(/has no branch mian; it has fleets\/eu, main\..*--branch/);
    await expect(open({ branch: '--upload-pack=x' })).rejects.toMatchObject({ code: 'usage' });
    await expect(open({ branch: 'a..b' })).rejects.toMatchObject({ code: 'usage' });
  });

  it('is asked for where neither HEAD nor main is there', async () => {
    const { open } = bareWith('master', ['dev', 'prod']);

    await expect(open()).rejects.toThrow(/has no branch master, which its HEAD names; it has dev, prod\..*--branch/);
  });
});

describe('a folder of a repository', () => {
  const files = { 'claworc.yaml': 'top\n', 'fleets/eu/claworc.yaml': 'eu\n', 'fleets/eu/instances/bot-a.yaml': 'a\n' };

  it('is read, written, compared and told the history of as if it were the top', async () => {
    const { bare, checkout, open } = bareWith('main', ['main'], files);
    const repository = await open({ path: 'fleets/eu/' });
    const first = (await repository.head()) ?? '';

    const second = await put(repository, { 'instances/bot-a.yaml': 'b\n', '.sops.yaml': 'x\n' });

    const read = await repository.readFiles(second);
    expect([...read.files.keys()]).toEqual(['claworc.yaml', 'instances/bot-a.yaml']);
    expect(textOf(await repository.readFile(second, 'claworc.yaml'))).toBe('eu\n');
    expect(git(bare, 'show', 'main:fleets/eu/instances/bot-a.yaml')).toBe('b\n');
    expect(git(bare, 'show', 'main:claworc.yaml')).toBe('top\n');
    expect(await repository.diffCommits(first, second)).toEqual(['.sops.yaml', 'instances/bot-a.yaml']);
    expect((await repository.patches([second], ['instances/bot-a.yaml'])).get(second)).toContain(
      'a/instances/bot-a.yaml',
    );
    const changed = [
      { path: '.sops.yaml', change: 'added' },
      { path: 'instances/bot-a.yaml', change: 'modified' },
    ];
    expect((await repository.log({ limit: 1 }))[0]).toMatchObject({ commit: second, files: changed });
    expect(await repository.log({ path: 'instances/bot-a.yaml' })).toHaveLength(2);

    writeFileSync(join(checkout, 'README.md'), 'not ours\n');
    git(checkout, 'pull', '-q');
    git(checkout, 'add', '.');
    git(checkout, 'commit', '-qm', 'Of another folder');
    git(checkout, 'push', '-q', 'origin', 'HEAD:main');
    expect((await repository.log())[0]?.commit).toBe(second);
    expect(await repository.diffCommits(second, (await repository.head()) ?? '')).toEqual([]);
  });

  it('is an empty one where a commit lacks it, and can be no way out', async () => {
    const { open } = bareWith('main', ['main'], files);

    const missing = await open({ path: 'fleets/us' });
    expect((await missing.readFiles((await missing.head()) ?? '')).files.size).toBe(0);
    for (const path of ['/etc', '../x', 'a/../../b', '.git', ':x', '-x']) {
      await expect(open({ path })).rejects.toMatchObject({ code: 'usage' });
    }
  });
});

describe('history', () => {
  it('has merges from their first parent and commits that change nothing', async () => {
    const { checkout } = bareWith('main', ['main']);
    git(checkout, 'commit', '-q', '--allow-empty', '-m', 'Nothing');
    git(checkout, 'checkout', '-q', '-b', 'side', 'HEAD~1');
    writeFileSync(join(checkout, 'claworc.yaml'), 'side\n');
    git(checkout, 'commit', '-qam', 'Side');
    git(checkout, 'checkout', '-q', '-');
    git(checkout, 'merge', '-q', '--no-ff', '-m', 'Merge', 'side');
    const repository = await openRepository({ folder: checkout, log: silentLog });

    const line = await repository.log({ firstParent: true });

    expect(line.map(({ subject, files }) => [subject, files.length])).toEqual([
      ['Merge', 1],
      ['Nothing', 0],
      ['One', 1],
    ]);
    expect(await repository.log({ limit: 0 })).toEqual([]);
  });
});
