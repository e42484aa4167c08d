import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { initRepository } from '../../../server/git/init-repository.ts';
import { openRepository } from '../../../server/git/repository.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { tempFolder } from '../../support/temp-folder.ts';

describe('locks that a killed git left behind', () => {
  it('block a commit with a retryable error, and are cleared when they are old', async () => {
    const bare = join(tempFolder(), 'instances.git');
    await initRepository(bare);
    const repository = await openRepository({ folder: bare, log: silentLog });
    const locks = ['HEAD.lock', 'refs/heads/main.lock'].map((name) => join(bare, name));
    for (const lock of locks) writeFileSync(lock, '');
    utimesSync(locks[0]!, new Date(), new Date(Date.now() - 60_000));
    writeFileSync(join(bare, 'fast_import_crash_123'), 'report');
    const request = {
      parent: null,
      changes: new Map([['claworc.yaml', 'x']]),
      message: 'x\n',
      author: { name: 'a', email: '' },
      at: '2026-11-19T14:31:40Z',
    };

    await expect(repository.commit(request)).rejects.toMatchObject({ code: 'git_unreachable', retryable: true });
    const removed = await repository.clearStaleLocks(300);

    expect([...removed].sort()).toEqual(['HEAD.lock', 'refs/heads/main.lock']);
    expect(existsSync(join(bare, 'fast_import_crash_123'))).toBe(false);
    expect(await repository.commit(request)).toMatchObject({ ok: true });
  });

  it('waits for a young lock, which a living git may be about to take away itself', async () => {
    const bare = join(tempFolder(), 'instances.git');
    await initRepository(bare);
    const repository = await openRepository({ folder: bare, log: silentLog });
    const lock = join(bare, 'HEAD.lock');
    writeFileSync(lock, '');

    const clearing = repository.clearStaleLocks(400);
    await new Promise((resolve) => setImmediate(resolve));

    expect(existsSync(lock)).toBe(true);
    expect(await clearing).toEqual(['HEAD.lock']);
  });
});
