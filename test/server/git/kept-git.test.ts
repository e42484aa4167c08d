import { chmodSync, cpSync, existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { isLostRace } from '../../../server/git/errors.ts';
import { initRepository } from '../../../server/git/folder/init-repository.ts';
import { keepGit, type KeptGit, type KeptGitOptions } from '../../../server/git/kept-git.ts';
import { guardedPlace } from '../../../server/git/folder/guarded-place.ts';
import { layoutOf } from '../../../server/git/folder/layout.ts';
import { ownConfig } from '../../../server/git/own-config.ts';
import { openRepository } from '../../../server/git/repository.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { git } from '../../support/person-git.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { put, textOf } from './fixture.ts';

interface Kept extends KeptGit {
  /** Process ids of every git that was started, in order. */
  readonly started: () => number[];
  readonly bare: string;
  readonly commit: string;
}

/** `git update-ref --stdin` that stays, for a repository with one commit on no branch. */
async function keptUpdateRef(options: Partial<KeptGitOptions> = {}): Promise<Kept> {
  const folder = tempFolder();
  const bare = join(folder, 'instances.git');
  await initRepository(bare);
  const commit = git(bare, 'commit-tree', git(bare, 'mktree').trim(), '-m', 'One').trim();
  const layout = layoutOf(bare);
  const { place, mark } = guardedPlace(layout, (await ownConfig(layout, folder)).place, () => 'refs/heads/main');
  const log = join(folder, 'started');
  const real = process.env.PATH ?? '';
  writeFileSync(join(folder, 'git'), `#!/bin/sh\necho $$ >> '${log}'\nPATH='${real}' exec git "$@"\n`);
  chmodSync(join(folder, 'git'), 0o755);
  const kept = keepGit({
    args: ['update-ref', '--stdin'],
    folder: bare,
    ceiling: dirname(bare),
    path: `${folder}:${real}`,
    place,
    mark,
    ...options,
  });
  const started = (): number[] => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').map(Number) : []);
  return { ...kept, started, bare, commit };
}

const move = (kept: Kept, branch: string, from = '0'.repeat(40)): Promise<string> =>
  kept.ask(`start\nupdate refs/heads/${branch} ${kept.commit} ${from}\nprepare\ncommit\n`, (said) =>
    said.endsWith('commit: ok\n'),
  );

const branches = ({ bare }: Kept): string[] =>
  git(bare, 'for-each-ref', '--format=%(refname:short)').trim().split('\n');

function isRunning(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a git that stays', () => {
  it('is asked many things, also at once, by one process', async () => {
    const kept = await keptUpdateRef();

    await Promise.all([move(kept, 'a'), move(kept, 'b')]);
    await move(kept, 'c');

    expect(branches(kept)).toEqual(['a', 'b', 'c']);
    expect(kept.started()).toHaveLength(1);
    await kept.end();
    expect(isRunning(kept.started()[0])).toBe(false);
  });

  it('says why it failed, and what is asked next is done by another', async () => {
    const kept = await keptUpdateRef();
    await move(kept, 'a');

    const lost = move(kept, 'a', 'f'.repeat(40));

    await expect(lost).rejects.toSatisfy(isLostRace);
    await move(kept, 'b');
    expect(branches(kept)).toEqual(['a', 'b']);
    expect(kept.started()).toHaveLength(2);
    await kept.end();
  });

  it('is not asked when its repository is none any more, or another one (it once went on publishing)', async () => {
    const kept = await keptUpdateRef();
    await move(kept, 'a');
    renameSync(join(kept.bare, 'HEAD'), join(kept.bare, 'HEAD.was'));

    await expect(move(kept, 'b')).rejects.toMatchObject({ code: 'git_refused' });

    renameSync(join(kept.bare, 'HEAD.was'), join(kept.bare, 'HEAD'));
    await move(kept, 'b');
    const before = kept.started().length;
    cpSync(kept.bare, `${kept.bare}.copy`, { recursive: true });
    renameSync(kept.bare, `${kept.bare}.was`);
    renameSync(`${kept.bare}.copy`, kept.bare);
    await move(kept, 'c');
    expect(kept.started()).toHaveLength(before + 1);
    expect(branches(kept)).toEqual(['a', 'b', 'c']);
    await kept.end();
  });

  it('that somebody killed is followed by another', async () => {
    const kept = await keptUpdateRef();
    await move(kept, 'a');
    process.kill(kept.started()[0]!, 'SIGKILL');
    await vi.waitFor(() => expect(isRunning(kept.started()[0])).toBe(false), { timeout: PATIENCE_MS });

    await move(kept, 'b');

    expect(branches(kept)).toEqual(['a', 'b']);
    await kept.end();
  });

  it('that says nothing for long is ended with the reason, and another one asked', async () => {
    let told = 0;
    const kept = await keptUpdateRef({ silentMs: 300, onSilence: () => (told += 1) });
    await move(kept, 'a');

    const silent = kept.ask('', () => false);

    await expect(silent).rejects.toMatchObject({
      code: 'git_refused',
      message: expect.stringContaining('does not answer') as string,
    });
    expect(told).toBe(1);
    await move(kept, 'b');
    expect(kept.started()).toHaveLength(2);
    await kept.end();
  });

  it('ends when it is asked nothing for a while', async () => {
    const kept = await keptUpdateRef({ idleMs: 50 });
    await move(kept, 'a');

    await vi.waitFor(() => expect(isRunning(kept.started()[0])).toBe(false), { timeout: PATIENCE_MS });
    await move(kept, 'b');

    expect(branches(kept)).toEqual(['a', 'b']);
    await kept.end();
  });

  it('grows no older than it may, however often it is asked', async () => {
    const kept = await keptUpdateRef({ lifeMs: 50 });

    let asked = 0;
    while (kept.started().length < 3) await move(kept, `branch-${asked++}`);

    expect(branches(kept)).toHaveLength(asked);
    await kept.end();
  });
});

describe('a repository that keeps its git', () => {
  const openKept = async () => {
    const bare = join(tempFolder(), 'instances.git');
    await initRepository(bare);
    return { bare, repository: await openRepository({ folder: bare, log: silentLog, keepsGit: true }) };
  };

  it('has every commit whole on the disk before main is on it, and no half-written file at its end', async () => {
    const { bare, repository } = await openKept();
    for (let count = 1; count <= 3; count += 1) {
      const commit = await put(repository, { 'claworc.yaml': `a: ${count}\n`, [`instances/bot-${count}.yaml`]: 'b\n' });

      expect(git(bare, 'rev-parse', 'main').trim()).toBe(commit);
      expect(git(bare, 'show', `${commit}:claworc.yaml`)).toBe(`a: ${count}\n`);
    }

    git(bare, 'fsck', '--strict');
    expect(git(bare, 'rev-list', '--count', 'main').trim()).toBe('3');
    await repository.endKeptGit();
    expect(git(bare, 'for-each-ref', '--format=%(refname)').trim()).toBe('refs/heads/main');
    expect(readdirSync(join(bare, 'objects', 'pack'))).toEqual([]);
    expect(readdirSync(bare).filter((name) => name.startsWith('fast_import_crash'))).toEqual([]);
  });

  it('writes what is not flushed yet by one git too, each time on top of what somebody pushed (a start cost the race)', async () => {
    const { bare, repository } = await openKept();
    await put(repository, { 'claworc.yaml': 'a: 1\n' });
    const log = join(tempFolder(), 'started');
    const [folder, real] = [dirname(log), process.env.PATH ?? ''];
    writeFileSync(join(folder, 'git'), `#!/bin/sh\necho "$*" >> '${log}'\nPATH='${real}' exec git "$@"\n`);
    chmodSync(join(folder, 'git'), 0o755);
    vi.stubEnv('PATH', `${folder}:${real}`);
    onTestFinished(() => void vi.unstubAllEnvs());

    for (let count = 1; count <= 3; count += 1) {
      const theirs = git(bare, 'commit-tree', 'main^{tree}', '-p', 'main', '-m', `Theirs ${count}`).trim();
      const commit = await repository.writeCommit(
        {
          parent: theirs,
          changes: new Map([['instances/bot-a.yaml', `b: ${count}\n`]]),
          message: 'Ours\n',
          author: { name: 'Ada', email: 'ada@example.com' },
          at: '2026-01-01T00:00:00Z',
        },
        false,
      );
      expect(git(bare, 'rev-parse', `${commit}^`).trim()).toBe(theirs);
      expect(git(bare, 'show', `${commit}:instances/bot-a.yaml`)).toBe(`b: ${count}\n`);
    }

    const importers = readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line.includes('fast-import'));
    expect(importers).toHaveLength(1);
    expect(importers[0]).toContain('core.fsync=none');
    git(bare, 'fsck', '--strict');
    await repository.endKeptGit();
    expect(readdirSync(join(bare, 'objects', 'pack'))).toEqual([]);
  });

  it('writes on top of what somebody else pushed meanwhile, and again what is gone since a race was lost', async () => {
    const { bare, repository } = await openKept();
    const first = await put(repository, { 'claworc.yaml': 'a: 1\n' });
    const theirs = git(bare, 'commit-tree', 'main^{tree}', '-p', 'main', '-m', 'Theirs').trim();
    git(bare, 'update-ref', 'refs/heads/main', theirs);
    const files = { 'instances/bot-a.yaml': 'b\n' };

    await expect(put(repository, files, first)).rejects.toThrow('lost a race');
    git(bare, 'prune', '--expire=now');
    const ours = await put(repository, files);

    expect(git(bare, 'rev-list', 'main').trim().split('\n')).toEqual([ours, theirs, first]);
    git(bare, 'fsck', '--strict');
    expect(textOf(await repository.readFile(ours, 'instances/bot-a.yaml'))).toBe('b\n');
    await repository.endKeptGit();
  });
});
