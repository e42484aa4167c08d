import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRepository, type GitRepository } from '../../../server/git/repository.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { git } from '../../support/person-git.ts';
import { embedded, put } from './fixture.ts';

/** Everything that a server asks of a repository. */
async function useAll(repository: GitRepository): Promise<unknown> {
  const first = await put(repository, { 'claworc.yaml': '1\n' });
  const second = await put(repository, { 'claworc.yaml': '2\n', 'instances/bot-a.yaml': 'a\n' });
  return {
    head: (await repository.head()) === second,
    files: [...(await repository.readFiles(second)).files.keys()],
    log: (await repository.log({ path: 'claworc.yaml' })).map(({ subject, files }) => [subject, files]),
    diff: await repository.diffCommits(first, second),
    patch: (await repository.patches([second], [])).get(second),
    order: [await repository.orderOf(first, second), await repository.isAncestor(first, second)],
    main: (await repository.mainHead())?.name,
    hidden: await repository.hiddenFiles().catch(() => 'bare'),
  };
}

const hostile = (trap: string): readonly (readonly [string, string])[] => [
  ['core.fsmonitor', trap],
  ['core.hooksPath', `${trap}.d`],
  ['core.sshCommand', trap],
  ['core.gitProxy', trap],
  ['core.askPass', trap],
  ['core.pager', trap],
  ['core.editor', trap],
  ['core.alternateRefsCommand', trap],
  ['core.attributesFile', `${trap}.attributes`],
  ['core.worktree', '/'],
  ['core.packedGitWindowSize', '0'],
  ['core.bigFileThreshold', '1'],
  ['core.commentString', trap],
  ['core.useReplaceRefs', 'true'],
  ['core.abbrev', '4'],
  ['gpg.program', trap],
  ['gpg.ssh.program', trap],
  ['log.showSignature', 'true'],
  ['filter.trap.clean', trap],
  ['filter.trap.smudge', trap],
  ['filter.trap.process', trap],
  ['diff.external', trap],
  ['diff.trap.textconv', trap],
  ['diff.trap.command', trap],
  ['diff.noprefix', 'true'],
  ['diff.context', '0'],
  ['diff.algorithm', 'nonsense'],
  ['diff.orderFile', `${trap}.order`],
  ['diff.ignoreSubmodules', 'all'],
  ['diff.renames', 'copies'],
  ['color.ui', 'always'],
  ['alias.rev-list', `!${trap}`],
  ['alias.cat-file', `!${trap}`],
  ['credential.helper', `!${trap}`],
  ['uploadpack.packObjectsHook', trap],
  ['protocol.allow', 'always'],
  ['protocol.ext.allow', 'always'],
  ['remote.origin.url', `ext::${trap}`],
  ['remote.origin.promisor', 'true'],
  ['remote.origin.vcs', 'trap'],
  ['remote.origin.uploadpack', trap],
  ['url.ext::x.insteadOf', 'https://'],
  ['extensions.partialClone', 'origin'],
  ['extensions.worktreeConfig', 'true'],
  ['submodule.recurse', 'true'],
  ['i18n.logOutputEncoding', 'UTF-16'],
  ['transfer.hideRefs', 'refs/heads'],
  ['fastimport.unpackLimit', '0'],
  ['pack.packSizeLimit', '1'],
  ['trace2.eventTarget', `${trap}.trace`],
  ['include.path', '/nonexistent/../dev/zero'],
];

describe('the config of a repository', () => {
  it('runs no program and changes no answer, whatever it says', async () => {
    const [plain, other] = [await embedded(), await embedded()];
    const expected = await useAll(plain.repository);
    const { folder, bare } = other;
    const trap = join(folder, 'trap.sh');
    writeFileSync(trap, `#!/bin/sh\ntouch ${folder}/sprung\n`);
    chmodSync(trap, 0o755);
    for (const where of [`${trap}.d`, join(bare, 'hooks')]) {
      mkdirSync(where);
      for (const hook of [
        'reference-transaction',
        'post-index-change',
        'update',
        'fsmonitor-watchman',
        'push-to-checkout',
      ]) {
        writeFileSync(join(where, hook), `#!/bin/sh\ntouch ${folder}/sprung\n`, { mode: 0o755 });
      }
    }
    for (const file of [`${trap}.attributes`, join(bare, 'info/attributes')])
      writeFileSync(file, '* diff=trap filter=trap\n');
    writeFileSync(join(bare, 'config.worktree'), `[core]\n\tfsmonitor = ${trap}\n`);
    for (const [name, value] of hostile(trap)) {
      const dot = name.lastIndexOf('.');
      const [section = '', ...sub] = name.slice(0, dot).split('.');
      const heading = sub.length === 0 ? section : `${section} ${JSON.stringify(sub.join('.'))}`;
      appendFileSync(join(bare, 'config'), `[${heading}]\n\t${name.slice(dot + 1)} = ${JSON.stringify(value)}\n`);
    }

    const repository = await openRepository({ folder: bare, log: silentLog });

    expect(await useAll(repository)).toEqual(expected);
    expect(existsSync(join(folder, 'sprung'))).toBe(false);
    expect(existsSync(`${trap}.trace`)).toBe(false);
  });

  it('is followed where files would be laid out otherwise, or others could not write to them', async () => {
    const { folder } = await embedded();
    const bare = join(folder, 'shared.git');
    git(folder, 'init', '--quiet', '--bare', '--object-format=sha256', '--shared=group', '--initial-branch=main', bare);
    const repository = await openRepository({ folder: bare, log: silentLog });

    const commit = await put(repository, { 'claworc.yaml': '1\n' });

    expect(commit).toMatch(/^[0-9a-f]{64}$/);
    expect(git(bare, 'rev-parse', 'main').trim()).toBe(commit);
    expect(statSync(join(bare, 'refs/heads/main')).mode & 0o060).toBe(0o060);
  });

  it.each(['[extensions]\n\tsurprise = 1\n', '[core]\n\trepositoryformatversion = 2\n'])(
    'is refused with a format that is not known: %j',
    async (lines) => {
      const { bare } = await embedded();
      appendFileSync(join(bare, 'config'), lines);

      await expect(openRepository({ folder: bare, log: silentLog })).rejects.toMatchObject({
        code: 'git_refused',
        message: expect.stringContaining('not known here') as string,
      });
    },
  );

  it('that is no file is refused and not waited for', async () => {
    const { bare } = await embedded();
    rmSync(join(bare, 'config'));
    execFileSync('mkfifo', [join(bare, 'config')]);

    await expect(openRepository({ folder: bare, log: silentLog })).rejects.toMatchObject({ code: 'git_refused' });
  });
});

describe('a checkout', () => {
  it('is read with its own index and HEAD, also as a linked work tree', async () => {
    const { folder, bare, repository } = await embedded();
    await put(repository, { 'claworc.yaml': '1\n', 'instances/bot-a.yaml': 'a\n' });
    const [checkout, linked] = [join(folder, 'checkout'), join(folder, 'linked')];
    git(folder, 'clone', '--quiet', bare, checkout);
    git(checkout, 'worktree', 'add', '--quiet', '-b', 'next', linked);
    git(linked, 'sparse-checkout', 'set', '--no-cone', '/claworc.yaml');
    git(linked, 'commit', '--quiet', '--allow-empty', '--message', 'Next');

    const [one, two] = await Promise.all(
      [checkout, linked].map((each) => openRepository({ folder: each, log: silentLog })),
    );

    expect([one?.bare, two?.bare]).toEqual([false, false]);
    expect(await one?.head()).toBe(git(checkout, 'rev-parse', 'HEAD').trim());
    expect(await two?.head()).toBe(git(linked, 'rev-parse', 'HEAD').trim());
    expect(await one?.hiddenFiles()).toEqual([]);
    expect(await two?.hiddenFiles()).toEqual(['instances/bot-a.yaml']);
  });
});

describe('the folder that stands in for the repository', () => {
  it('is made again when it was cleaned away, and goes when the repository is gone', async () => {
    const { folder, bare } = await embedded();
    const temp = join(folder, 'temp');
    mkdirSync(temp);
    const repository = await openRepository({ folder: bare, log: silentLog, temp });
    await put(repository, { 'claworc.yaml': '1\n' });
    const [root = ''] = readdirSync(temp);
    rmSync(join(temp, root), { recursive: true });

    expect(await repository.head()).toBe(git(bare, 'rev-parse', 'main').trim());

    const other = await embedded();
    rmSync(bare, { recursive: true });
    await openRepository({ folder: other.bare, log: silentLog, temp });
    await other.repository.head();
    expect(readdirSync(join(temp, root))).toHaveLength(1);
  });

  it('is not taken from somebody who could change it', async () => {
    const { folder, bare } = await embedded();
    const temp = join(folder, 'temp');
    mkdirSync(join(temp, `claworc-git-${process.geteuid?.() ?? 'user'}`), { recursive: true });
    chmodSync(join(temp, `claworc-git-${process.geteuid?.() ?? 'user'}`), 0o777);

    await expect(openRepository({ folder: bare, log: silentLog, temp })).rejects.toThrow('others may write to it');
  });
});
