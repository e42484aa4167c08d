import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { git } from '../../support/person-git.ts';
import { startGitHubLike } from '../forge/github-like.ts';
import { filesIn } from './checkout.ts';
import { cloned } from './cloned.ts';

describe('claworc propose', () => {
  it('puts what a checkout changes of records on a branch, rendered, and leaves checkout, index and main as they are', async () => {
    const { folder, remote, change, run, onRemote, branches } = await cloned();
    change('bot-0000', 'memory: 8Gi', 'memory: 6Gi');
    change('bot-0001', 'Bot 1', 'Bot One');
    git(folder, 'add', 'instances/bot-0001.yaml');
    writeFileSync(join(folder, 'NOTES.txt'), 'mine\n');
    const before = { status: git(folder, 'status', '--porcelain=v2', '--branch'), files: filesIn(folder) };
    const main = git(remote, 'rev-parse', 'main');

    const { code, output, errors } = await run('--title', 'Less memory');

    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect({ status: git(folder, 'status', '--porcelain=v2', '--branch'), files: filesIn(folder) }).toEqual(before);
    expect(git(remote, 'rev-parse', 'main')).toBe(main);
    expect(branches()).toEqual(['main', 'proposals/less-memory']);
    expect(git(remote, 'log', '--format=%s %an %ae', 'main..proposals/less-memory')).toBe(
      'Less memory Grace grace@example.com\n',
    );
    expect(onRemote('proposals/less-memory:instances/bot-0000.yaml')).toContain('memory: 6Gi');
    expect(onRemote('proposals/less-memory:dist/bot-0000/deployment.yaml')).toContain('memory: 6Gi');
    expect(onRemote('proposals/less-memory:instances/bot-0001.yaml')).toContain('Bot One');
    expect(() => onRemote('proposals/less-memory:NOTES.txt')).toThrow();
    expect(output).toContain('limits.memory: 8Gi → 6Gi');
    expect(output).toMatch(
      /pushed proposals\/less-memory to origin at [0-9a-f]{8}; main and this work tree are as they were/,
    );
    expect(output).toContain('next: have it reviewed');
  });

  it('writes down the removal of a bot whose record is gone', async () => {
    const { folder, run, onRemote } = await cloned();
    rmSync(join(folder, 'instances/bot-0001.yaml'));

    expect((await run('--title', 'Without bot 1')).code).toBe(0);

    expect(onRemote('proposals/without-bot-1:tombstones/bot-0001.yaml')).toContain('data: retain');
    expect(() => onRemote('proposals/without-bot-1:dist/bot-0001/deployment.yaml')).toThrow();
    expect(existsSync(join(folder, 'tombstones'))).toBe(false);
  });

  it('pushes nothing that is wrong, and says where it is', async () => {
    const { change, run, branches } = await cloned();
    change('bot-0000', 'memory: 8Gi', 'memory: much');

    const { code, errors } = await run('--title', 'Much');

    expect(code).toBe(1);
    expect(errors).toMatch(/instances\/bot-0000\.yaml:\d+/);
    expect(errors).toContain('nothing was pushed');
    expect(branches()).toEqual(['main']);
  });

  it('pushes nothing where no record is changed', async () => {
    const { folder, run, branches } = await cloned();
    writeFileSync(join(folder, 'NOTES.txt'), 'mine\n');

    expect(await run('--title', 'Notes')).toMatchObject({
      code: 0,
      output: expect.stringContaining('nothing') as string,
    });
    expect(branches()).toEqual(['main']);
  });

  it('takes a branch of its own each time, and adds to a named one only from where it is', async () => {
    const { folder, change, run, branches, remote } = await cloned();
    change('bot-0000', 'memory: 8Gi', 'memory: 6Gi');
    await run('--title', 'Less');
    await run('--title', 'Less');
    expect(branches()).toEqual(['main', 'proposals/less', 'proposals/less-2']);

    const refused = await run('--title', 'Less', '--branch', 'proposals/less');
    expect(refused).toMatchObject({ code: 1, errors: expect.stringContaining('Check it out to add to it') as string });
    git(folder, 'checkout', '-q', '.');
    git(folder, 'fetch', '-q');
    git(folder, 'checkout', '-q', 'proposals/less');
    change('bot-0001', 'Bot 1', 'Bot One');
    const added = await run('--title', 'And a name', '--branch', 'proposals/less', '--json');

    expect(added.code).toBe(0);
    expect(JSON.parse(added.output)).toMatchObject({ state: 'pushed', branch: 'proposals/less', along: 1, pull: null });
    expect(git(remote, 'log', '--format=%s', 'main..proposals/less')).toBe('And a name\nLess\n');
  });

  it('tells what the remote has to say against it', async () => {
    const { change, run, remote, branches } = await cloned();
    change('bot-0000', 'memory: 8Gi', 'memory: 6Gi');
    mkdirSync(join(remote, 'hooks'), { recursive: true });
    writeFileSync(join(remote, 'hooks/pre-receive'), '#!/bin/sh\necho "no Fridays" >&2; exit 1\n', { mode: 0o755 });

    const { code, errors } = await run('--title', 'Less');

    expect(code).toBe(1);
    expect(errors).toContain("origin can't be pushed to: a hook of the remote said no");
    expect(errors).toContain('no Fridays');
    expect(branches()).toEqual(['main']);
  });

  it.each([
    ['needs a --title', []],
    ['no name of a branch', ['--title', 'T', '--branch', '../x']],
    ['has no remote upstream', ['--title', 'T', '--to', 'upstream']],
    ['no name of a remote', ['--title', 'T', '--to', '--upload-pack=x']],
  ])('explains what is used wrongly: %s', async (words, args) => {
    const { change, run } = await cloned();
    change('bot-0000', 'memory: 8Gi', 'memory: 6Gi');

    const { code, errors } = await run(...args);

    expect(errors).toContain(words);
    expect(code).toBe(2);
  });

  it('opens the pull request where a forge was named, with what it does', async () => {
    const github = await startGitHubLike();
    const { folder, change, run } = await cloned();
    change('bot-0000', 'memory: 8Gi', 'memory: 6Gi');
    writeFileSync(join(folder, 'token'), 'ghp_canary\n');
    const forge = ['--remote', 'git@github.example:acme/bots', '--forge', 'github', '--forge-url', github.url];

    const { code, output } = await run('--title', 'Less', ...forge, '--forge-token-file', 'token');

    expect(code).toBe(0);
    expect(output).toContain('opened 1: https://github.example/acme/bots/pull/1');
    expect(github.pulls[0]).toMatchObject({ head: 'proposals/less', base: 'main', title: 'Less' });
    expect(github.pulls[0]?.body).toContain('bot-0000');
  });
});
