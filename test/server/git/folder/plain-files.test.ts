import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRepository } from '../../../../server/git/repository.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { git } from '../../../support/person-git.ts';
import { embedded, put } from '../fixture.ts';

async function checkout() {
  const { folder, bare, repository } = await embedded();
  const head = await put(repository, { 'claworc.yaml': '1\n' });
  const top = join(folder, 'checkout');
  git(folder, 'clone', '--quiet', bare, top);
  git(top, 'pack-refs', '--all');
  return { folder, bare, top, head, open: () => openRepository({ folder: top, log: silentLog }) };
}

function makePipe(path: string): void {
  rmSync(path, { force: true });
  mkdirSync(dirname(path), { recursive: true });
  execFileSync('mkfifo', [path]);
}

const REFUSED = { code: 'git_refused' };

describe('a repository with a file that has no end', () => {
  it.each([
    'HEAD',
    'index',
    'packed-refs',
    'shallow',
    'config',
    'refs/heads/main',
    'refs/heads/deep/er',
    'info/sparse-checkout',
    'logs/HEAD',
    'objects/info/alternates',
    'objects/pack/pack-0.idx',
    'objects/00/00000000000000000000000000000000000000',
  ])('is refused where %s is a pipe: git would wait for its other end for ever', async (path) => {
    const { top, open } = await checkout();
    makePipe(join(top, '.git', path));

    await expect(open()).rejects.toMatchObject(REFUSED);
  });

  it('is refused where a link leads to a device, in folders that are links too', async () => {
    const { folder, top, open } = await checkout();
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync('/dev/zero', join(folder, 'elsewhere', 'endless'));
    symlinkSync(join(folder, 'elsewhere'), join(top, '.git/refs/heads/away'));

    await expect(open()).rejects.toThrow(/away\/endless is a device or a pipe/);
  });

  it('is refused where the objects that it borrows have one', async () => {
    const { folder, top, open } = await checkout();
    makePipe(join(folder, 'lent/aa/0'));
    writeFileSync(join(top, '.git/objects/info/alternates'), `${join(folder, 'lent')}\n`);

    await expect(open()).rejects.toThrow(/lent\/aa\/0 is a device or a pipe/);
  });

  it.each(['HEAD', 'refs/heads/main'])('is refused where %s is larger than a reference can be', async (path) => {
    const { top, open } = await checkout();
    writeFileSync(join(top, '.git', path), 'ref: refs/heads/main\n');
    truncateSync(join(top, '.git', path), 3_000_000_000);

    await expect(open()).rejects.toThrow(/is 3000000000 bytes, where one line is meant/);
  });

  it.each([
    ['a pipe', makePipe],
    [
      'a file of gigabytes',
      (path: string) => {
        writeFileSync(path, 'gitdir: ');
        truncateSync(path, 3_000_000_000);
      },
    ],
    ['a device', (path: string) => symlinkSync('/dev/zero', path)],
  ])('is refused where .git itself is %s', async (_what, make) => {
    const { top, open } = await checkout();
    rmSync(join(top, '.git'), { recursive: true });
    make(join(top, '.git'));

    await expect(open()).rejects.toThrow(/\.git does not say where the repository is/);
  });
});

it('a repository with links in circles, borrowed objects and the socket of a git daemon is read', async () => {
  const { folder, bare, head } = await checkout();
  const shared = join(folder, 'shared');
  git(folder, 'clone', '--quiet', '--shared', bare, shared);
  symlinkSync('.', join(shared, '.git/refs/heads/circle'));
  appendFileSync(join(bare, 'objects/info/alternates'), `${join(shared, '.git/objects')}\n`);
  await using socket = createServer();
  await new Promise<void>((done) => socket.listen(join(shared, '.git/fsmonitor--daemon.ipc'), done));

  const repository = await openRepository({ folder: shared, log: silentLog });

  expect(await repository.head()).toBe(head);
});
