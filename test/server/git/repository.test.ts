import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { ADA, AT, embedded, put, textOf } from './fixture.ts';
import { renderedFile } from '../../../constructs/repo/rendered-file.ts';
import { createGit } from '../../../server/git/client.ts';
import { initRepository } from '../../../server/git/folder/init-repository.ts';
import { openRepository } from '../../../server/git/repository.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { git } from '../../support/person-git.ts';
import { tempFolder } from '../../support/temp-folder.ts';

describe('the embedded repository', () => {
  it('starts with main unborn, and an existing one is left as it is', async () => {
    const { bare, repository } = await embedded();

    expect(await repository.head()).toBeNull();
    expect(await repository.log()).toEqual([]);
    const commit = await put(repository, { 'claworc.yaml': 'a\n' });
    expect(await initRepository(bare)).toBe(false);
    expect(await repository.head()).toBe(commit);
  });

  it('can be cloned and pushed to by a person at once, also while it is empty', async () => {
    const { folder, bare, repository } = await embedded();
    git(folder, 'clone', '-q', bare, 'checkout');
    const checkout = join(folder, 'checkout');
    writeFileSync(join(checkout, 'claworc.yaml'), 'mine\n');
    git(checkout, 'add', '.');
    git(checkout, 'commit', '-qm', 'By hand');
    git(checkout, 'push', '-q', 'origin', 'HEAD');

    const head = (await repository.head()) ?? '';
    expect(textOf(await repository.readFile(head, 'claworc.yaml'))).toBe('mine\n');
    const [commit] = await repository.log();
    expect(commit).toMatchObject({ commit: head, subject: 'By hand', author: { name: 'Grace' }, parents: [] });
  });

  it('refuses a push that rewrites or deletes main', async () => {
    const { folder, bare, repository } = await embedded();
    await put(repository, { 'claworc.yaml': '1\n' });
    await put(repository, { 'claworc.yaml': '2\n' });
    git(folder, 'clone', '-q', bare, 'checkout');
    const checkout = join(folder, 'checkout');

    expect(() => git(checkout, 'push', '-f', 'origin', 'HEAD~1:main')).toThrow(/non-fast-forward/);
    expect(() => git(checkout, 'push', 'origin', ':main')).toThrow(/deletion prohibited|denying ref deletion/);
  });
});

describe('a commit', () => {
  it('holds the changes, the author, Claworc as committer, the date and the trailers', async () => {
    const { bare, repository } = await embedded();
    await put(repository, { 'instances/bot-a.yaml': 'a\n', 'instances/bot-b.yaml': 'b\n' });

    const commit = await put(repository, { 'instances/bot-a.yaml': null, 'dist/bot-b/x.yaml': 'x\n' });

    expect(git(bare, 'show', '-s', '--format=%an <%ae>|%cn|%aI|%cI|%s', commit).trim()).toBe(
      'Ada <ada@example.com>|Claworc|2026-11-19T14:31:40+00:00|2026-11-19T14:31:40+00:00|Change',
    );
    expect(git(bare, 'ls-tree', '-r', '--name-only', commit).trim().split('\n')).toEqual([
      'dist/bot-b/x.yaml',
      'instances/bot-b.yaml',
    ]);
    expect(git(bare, 'fsck', '--strict')).toBe('');
  });

  it('is the same commit when it is made again, whenever that is', async () => {
    const [one, other] = [await embedded(), await embedded()];

    const files = { 'claworc.yaml': 'a\n', 'instances/bot-a.yaml': 'b\n' };

    expect(await put(one.repository, files)).toBe(await put(other.repository, files));
  });

  it('moves main only from where its writer saw it', async () => {
    const { repository } = await embedded();
    const first = await put(repository, { 'claworc.yaml': '1\n' });
    const second = await put(repository, { 'claworc.yaml': '2\n' });
    const request = { changes: new Map([['claworc.yaml', '3\n']]), message: 'x\n', author: ADA, at: AT };

    expect(await repository.commit({ ...request, parent: first })).toEqual({ ok: false, head: second });
    expect(await repository.commit({ ...request, parent: null })).toEqual({ ok: false, head: second });
    expect(await repository.head()).toBe(second);
  });

  it('has one winner among many writers that saw the same main', async () => {
    const { repository } = await embedded();
    const parent = await put(repository, { 'claworc.yaml': '0\n' });
    const writers = Array.from({ length: 8 }, (_, index) => ({
      parent,
      changes: new Map([['claworc.yaml', `${index}\n`]]),
      message: `${index}\n`,
      author: ADA,
      at: AT,
    }));

    const results = await Promise.allSettled(writers.map((request) => repository.commit(request)));

    const winners = results.filter((result) => result.status === 'fulfilled' && result.value.ok);
    expect(winners).toHaveLength(1);
    expect(await repository.log()).toHaveLength(2);
  });

  it.each(['../x', '/etc/passwd', '-x', 'a b', 'a\nD instances', 'instances/../x', '.git/config', 'a//b', '"a"'])(
    'refuses the path %j',
    async (path) => {
      const { repository } = await embedded();

      await expect(put(repository, { [path]: 'x' })).rejects.toMatchObject({ code: 'invalid' });
      expect(await repository.head()).toBeNull();
    },
  );

  it('keeps line ends and angle brackets of names out of the commit object', async () => {
    const { bare, repository } = await embedded();
    const author = { name: 'Eve <e@x> 0 +0000\ncommitter Eve', email: 'e@x>\n\nforged' };

    await repository.commit({ parent: null, changes: new Map([['claworc.yaml', '']]), message: 'x\n', author, at: AT });

    expect(git(bare, 'show', '-s', '--format=%an|%ae|%cn', 'main').trim()).toBe(
      'Eve e@x 0 +0000 committer Eve|e@xforged|Claworc',
    );
    expect(git(bare, 'fsck', '--strict')).toBe('');
  });

  it('is refused in a checkout, where it would pull the work tree from under a person', async () => {
    const folder = tempFolder();
    git(folder, 'init', '-q', '-b', 'main');
    const repository = await openRepository({ folder, log: silentLog });

    await expect(put(repository, { 'claworc.yaml': 'x' })).rejects.toMatchObject({ code: 'git_refused' });
  });
});

describe('reading files', () => {
  it('gives bytes, and the same object again for what did not change', async () => {
    const { repository } = await embedded();
    const first = await repository.readFiles(
      await put(repository, { 'claworc.yaml': 'a\n', 'instances/bot-a.yaml': '' }),
    );
    const second = await repository.readFiles(await put(repository, { 'claworc.yaml': 'ä\r\n' }));

    expect(textOf(second.files.get('claworc.yaml'))).toBe('ä\r\n');
    expect(second.files.get('instances/bot-a.yaml')).toBe(first.files.get('instances/bot-a.yaml'));
    expect(second.files.get('claworc.yaml')).not.toBe(first.files.get('claworc.yaml'));
  });

  it('keeps no text of dist/ where contents are asked for, and the same value for what did not change', async () => {
    const { repository } = await embedded();
    const text = 'a:\n  name: claworc-some-key\n';
    const first = await repository.readContents(
      await put(repository, { 'claworc.yaml': text, 'dist/bot-a/x.yaml': text, 'dist/bot-a/y.yaml': 'y\n' }),
    );
    const second = await repository.readContents(await put(repository, { 'dist/bot-a/y.yaml': 'z\n' }));

    expect(first.files.get('claworc.yaml')).toEqual(Buffer.from(text));
    expect(first.files.get('dist/bot-a/x.yaml')).toEqual({ ...renderedFile(text), text: null });
    expect(second.files.get('dist/bot-a/x.yaml')).toBe(first.files.get('dist/bot-a/x.yaml'));
    expect(second.files.get('dist/bot-a/y.yaml')).toEqual({ ...renderedFile('z\n'), text: null });
  });

  it('gives some files in one go, and leaves out what is no file there', async () => {
    const { repository } = await embedded();
    const commit = await put(repository, { 'claworc.yaml': 'a\n', 'dist/bot-a/x.yaml': 'ä' });

    const found = await repository.readSome(commit, [
      'dist/bot-a',
      'dist/bot-a/x.yaml',
      'no\nsuch',
      'gone',
      'claworc.yaml',
    ]);

    expect([...found].map(([path, bytes]) => [path, textOf(bytes)])).toEqual([
      ['dist/bot-a/x.yaml', 'ä'],
      ['claworc.yaml', 'a\n'],
    ]);
  });

  it('reads nothing outside the folders of an instances repo', async () => {
    const { repository } = await embedded();
    const { files } = await repository.readFiles(
      await put(repository, { 'README.md': 'x', 'instances/bot-a.yaml': 'a' }),
    );

    expect([...files.keys()]).toEqual(['instances/bot-a.yaml']);
  });

  it('reports links, executables, submodules and oversized files, and reads the rest', async () => {
    const { folder, bare, repository } = await embedded();
    git(folder, 'clone', '-q', bare, 'checkout');
    const checkout = join(folder, 'checkout');
    mkdirSync(join(checkout, 'instances'));
    writeFileSync(join(checkout, 'instances/bot-a.yaml'), 'fine\n');
    writeFileSync(join(checkout, 'instances/bot-x.yaml'), 'run me\n');
    chmodSync(join(checkout, 'instances/bot-x.yaml'), 0o755);
    symlinkSync('/etc/passwd', join(checkout, 'instances/bot-l.yaml'));
    writeFileSync(join(checkout, 'instances/bot-big.yaml'), 'x'.repeat(256 * 1024 + 1));
    git(checkout, 'add', '.');
    git(checkout, 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},instances/sub`);
    git(checkout, 'commit', '-qm', 'Odd things');
    git(checkout, 'push', '-q', 'origin', 'HEAD');

    const { files, refused } = await repository.readFiles((await repository.head()) ?? '');

    expect([...files.keys()]).toEqual(['instances/bot-a.yaml']);
    expect(refused.map(({ path }) => path).sort()).toEqual([
      'instances/bot-big.yaml',
      'instances/bot-l.yaml',
      'instances/bot-x.yaml',
      'instances/sub',
    ]);
    const reasons = refused.map(({ reason }) => reason).join('\n');
    for (const words of ['262145 bytes', 'symbolic link', 'executable', 'submodule']) expect(reasons).toContain(words);
  });

  it('refuses a repository with more files than it may have before it reads one', async () => {
    const { bare, repository } = await embedded();
    const commit = await put(repository, { 'instances/bot-a.yaml': 'a', 'instances/bot-b.yaml': 'b' });
    const caps = { files: 1, fileBytes: 100, treeBytes: 100, unitFiles: 10, unitBytes: 100 };
    const small = await openRepository({ folder: bare, log: silentLog, caps });

    await expect(small.readFiles(commit)).rejects.toMatchObject({
      code: 'too_large',
      message:
        'main holds 2 files of an instances repo, 2 of them in instances/; at most 1 are read. A commit that takes out of instances/ what does not belong there puts that right',
    });
    const few = await openRepository({ folder: bare, log: silentLog, caps: { ...caps, files: 9, treeBytes: 1 } });
    await expect(few.readFiles(commit)).rejects.toMatchObject({
      code: 'too_large',
      message: expect.stringMatching(
        /^the files .* are 2 bytes together, 2 of them in instances\/; at most 1 /,
      ) as string,
    });
  });

  it('leaves out a folder with more than one unit may have, and reads all others', async () => {
    const { bare, repository } = await embedded();
    const commit = await put(repository, {
      'instances/bot-a.yaml': 'a',
      'dist/bot-a/a.yaml': 'a',
      'dist/bot-b/1.yaml': '1',
      'dist/bot-b/2.yaml': '2',
      'dist/bot-b/3.yaml': '3',
      'secrets/bot-c/a.yaml': 'x'.repeat(60),
      'secrets/bot-c/b.yaml': 'y'.repeat(60),
      'secrets/global/a.yaml': 'x'.repeat(60),
      'secrets/global/b.yaml': 'y'.repeat(61),
    });
    const caps = { files: 20, fileBytes: 100, treeBytes: 1000, unitFiles: 2, unitBytes: 100 };
    const small = await openRepository({ folder: bare, log: silentLog, caps });

    const { files, refused } = await small.readFiles(commit);

    expect([...files.keys()]).toEqual([
      'dist/bot-a/a.yaml',
      'instances/bot-a.yaml',
      'secrets/global/a.yaml',
      'secrets/global/b.yaml',
    ]);
    expect(refused).toEqual([
      { path: 'dist/bot-b/', reason: 'holds 3 files; at most 2 are read of one folder' },
      { path: 'secrets/bot-c/', reason: 'holds 120 bytes; at most 100 are read of one folder' },
    ]);
  });

  it('of too many folders reads those that have a record', async () => {
    const { bare, repository } = await embedded();
    const strays = Array.from({ length: 9 }, (_, at): [string, string] => [`dist/bot-${at}/a.yaml`, 'a']);
    const commit = await put(repository, {
      ...Object.fromEntries(strays),
      'instances/bot-3.yaml': 'a',
      'dist/fleet/a.yaml': 'a',
    });
    const caps = { files: 5, fileBytes: 100, treeBytes: 1000, unitFiles: 2, unitBytes: 100 };
    const small = await openRepository({ folder: bare, log: silentLog, caps });

    const { files, refused } = await small.readFiles(commit);

    expect([...files.keys()]).toEqual(['dist/bot-3/a.yaml', 'dist/fleet/a.yaml', 'instances/bot-3.yaml']);
    expect(refused).toMatchObject([{ path: 'dist/' }]);
  });

  it.each(['main', '--output=/tmp/x', 'HEAD', ''])('takes no %j for a commit', async (name) => {
    const { repository } = await embedded();
    await expect(repository.readFile(name, 'claworc.yaml')).rejects.toMatchObject({ code: 'invalid' });
    await expect(repository.diffCommits(null, name)).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('git of others', () => {
  it('runs no hook and no program that the repository names, and does not listen to GIT_ variables', async () => {
    const { folder, bare } = await embedded();
    const trap = join(folder, 'trap.sh');
    writeFileSync(trap, `#!/bin/sh\ntouch ${folder}/sprung\n`);
    chmodSync(trap, 0o755);
    mkdirSync(join(bare, 'hooks'));
    for (const hook of ['reference-transaction', 'post-update', 'update']) symlinkSync(trap, join(bare, 'hooks', hook));
    git(bare, 'config', 'core.fsmonitor', trap);
    git(bare, 'config', 'diff.external', trap);
    git(bare, 'config', 'core.pager', trap);
    git(bare, 'config', 'gpg.program', trap);
    git(bare, 'config', 'log.showSignature', 'true');
    git(bare, 'config', 'core.attributesFile', '/dev/null');
    git(bare, 'config', 'diff.trap.textconv', trap);
    git(bare, 'config', 'diff.trap.command', trap);
    git(bare, 'config', 'alias.rev-list', `!${trap}`);
    mkdirSync(join(bare, 'info'), { recursive: true });
    writeFileSync(join(bare, 'info/attributes'), '* diff=trap filter=trap\n');
    const signed = signedCommit(bare);
    vi.stubEnv('GIT_DIR', '/nonexistent');
    vi.stubEnv('GIT_EXTERNAL_DIFF', trap);
    try {
      const repository = await openRepository({ folder: bare, log: silentLog });
      await put(repository, { 'claworc.yaml': '1\n' });
      const second = await put(repository, { 'claworc.yaml': '2\n' });
      await repository.log();
      expect(await repository.log({ until: signed })).toMatchObject([{ subject: 'Signed' }]);
      await repository.readFiles(second);
      expect((await repository.patches([second], ['claworc.yaml'])).get(second)).toContain('+2');
    } finally {
      vi.unstubAllEnvs();
    }
    expect(() => git(folder, 'hash-object', 'sprung')).toThrow();
  });

  it('refuses a repository of another user, says how it is read all the same, and then reads it', async () => {
    const { bare } = await embedded();
    const other = { folder: bare, log: silentLog, user: (process.geteuid?.() ?? 0) + 1 };

    await expect(openRepository(other)).rejects.toMatchObject({
      code: 'git_refused',
      message: expect.stringMatching(/belongs to another user.*--any-owner/) as string,
      body: { refusal: true },
    });
    expect(await (await openRepository({ ...other, anyOwner: true })).head()).toBeNull();
  });

  it('runs no command that takes settings from the config of a repository', async () => {
    const { folder, bare } = await embedded();

    await expect(createGit(bare, folder).text(['log'])).rejects.toThrow('not among the commands');
  });
});

/** A commit with a signature, whose program a verifying git would run. */
function signedCommit(bare: string): string {
  const tree = git(bare, 'mktree').trim();
  const text = [
    `tree ${tree}`,
    'author Mallory <m@example.com> 1700000000 +0000',
    'committer Mallory <m@example.com> 1700000000 +0000',
    'gpgsig -----BEGIN PGP SIGNATURE-----',
    ' ',
    ' x',
    ' -----END PGP SIGNATURE-----',
    '',
    'Signed',
    '',
  ];
  writeFileSync(join(bare, 'signed'), text.join('\n'));
  return git(bare, 'hash-object', '-t', 'commit', '-w', 'signed').trim();
}
