import { execFileSync } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openRepository } from '../../../../server/git/repository.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { git } from '../../../support/person-git.ts';
import { embedded, put } from '../fixture.ts';

const NEVER = new AbortController().signal;

/** A repository that is open, with a branch beside main, and a way to swap one of its files for a pipe and back. */
async function opened(silentMs?: number) {
  const { bare, repository: first } = await embedded();
  const head = await put(first, { 'claworc.yaml': 'one\n', 'instances/bot-a.yaml': 'two\n' });
  git(bare, 'branch', 'beside', 'main');
  const repository = await openRepository({
    folder: bare,
    log: silentLog,
    ...(silentMs === undefined ? {} : { silentMs }),
  });
  const swap = (path: string): (() => void) => {
    const file = join(bare, path);
    renameSync(file, `${file}.was`);
    execFileSync('mkfifo', [file]);
    return () => {
      rmSync(file);
      renameSync(`${file}.was`, file);
    };
  };
  return { bare, head, repository, swap };
}

const list = (service: 'git-upload-pack' | 'git-receive-pack') =>
  ({ service, body: null, gzipped: false, protocol: undefined, signal: NEVER }) as const;

describe('a repository in use, of which a file is swapped for a pipe', () => {
  it.each(['HEAD', 'packed-refs', 'refs/heads/main'])(
    'says at once that it is %s (git waited for its other end for ever), and goes on when it is put back',
    async (path) => {
      const { bare, head, repository, swap } = await opened();
      if (path === 'packed-refs') git(bare, 'pack-refs', '--all');
      const putBack = swap(path);

      const refused = {
        code: 'git_refused',
        message: expect.stringContaining(`${path} is a device or a pipe`) as string,
      };
      await expect(repository.head()).rejects.toMatchObject(refused);
      await expect(repository.readFiles(head)).rejects.toMatchObject(refused);
      await expect(repository.http.answer(list('git-upload-pack'))).rejects.toMatchObject(refused);

      putBack();
      expect(await repository.head()).toBe(head);
      expect((await repository.readFiles(head)).files.size).toBe(2);
      expect(await text((await repository.http.answer(list('git-receive-pack'))).body as Readable)).toContain(head);
    },
  );

  it('ends a git that waits for a branch, names the file, and waits for it no second time', async () => {
    const { head, repository, swap } = await opened(5_000);
    const putBack = swap('refs/heads/beside');

    await expect(repository.branches()).rejects.toThrow(/refs\/heads\/beside is a device or a pipe/);
    await expect(repository.head()).rejects.toThrow(/refs\/heads\/beside is a device or a pipe/);

    putBack();
    expect(await repository.head()).toBe(head);
    expect((await repository.branches()).size).toBe(2);
  });

  it('ends a git that waits for an object, names the file, and reads it when it is back', async () => {
    const { bare, head, repository, swap } = await opened(5_000);
    const blob = git(bare, 'rev-parse', 'main:instances/bot-a.yaml').trim();
    const path = join('objects', blob.slice(0, 2), blob.slice(2));
    const putBack = swap(path);

    await expect(repository.readFiles(head)).rejects.toThrow(`${path} is a device or a pipe`);

    putBack();
    expect((await repository.readFiles(head)).files.size).toBe(2);
  });

  it('ends the git that answers a clone, too', async () => {
    const { repository, swap } = await opened(5_000);
    const putBack = swap('refs/heads/beside');

    // Its headers are out before it looks at the branches.
    const answer = await repository.http.answer(list('git-receive-pack'));
    await expect(text(answer.body as Readable)).rejects.toThrow(/refs\/heads\/beside/);

    putBack();
    expect((await repository.http.answer(list('git-receive-pack'))).status).toBe(200);
  });
});
