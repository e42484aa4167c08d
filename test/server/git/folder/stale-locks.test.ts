import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { initRepository } from '../../../../server/git/folder/init-repository.ts';
import { openRepository } from '../../../../server/git/repository.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

describe('locks that a killed git left behind', () => {
  it('are none where the folder of the repository is gone (which once ended the loop that publishes)', async () => {
    const bare = join(tempFolder(), 'instances.git');
    await initRepository(bare);
    const repository = await openRepository({ folder: bare, log: silentLog });
    rmSync(bare, { recursive: true });

    expect(await repository.clearStaleLocks()).toEqual([]);
  });

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

  it('are followed by objects that were never finished, of an hour ago and not of just now', async () => {
    const bare = join(tempFolder(), 'instances.git');
    await initRepository(bare);
    const repository = await openRepository({ folder: bare, log: silentLog });
    mkdirSync(join(bare, 'objects/ab'), { recursive: true });
    mkdirSync(join(bare, 'objects/pack'), { recursive: true });
    const [old, pack, young] = ['objects/ab/tmp_obj_x1Y2z3', 'objects/pack/tmp_pack_abc', 'objects/ab/tmp_obj_young'];
    for (const name of [old, pack, young]) writeFileSync(join(bare, name), '');
    for (const name of [old, pack]) utimesSync(join(bare, name), new Date(), new Date(Date.now() - 2 * 3_600_000));

    expect([...(await repository.clearStaleLocks())].sort()).toEqual([old, pack]);
    expect(existsSync(join(bare, young))).toBe(true);
  });
});
