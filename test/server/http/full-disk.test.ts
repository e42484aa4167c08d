import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { runClaworc, startClaworc } from '../../acceptance/claworc-process.ts';
import { runGit } from '../../support/git-process.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { git } from '../../support/person-git.ts';
import { canMount, fill, gitSeenBy, onSmallDisk, remount, seenBy } from '../../support/small-disk.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** Its temporary files too: what it keeps there of a repository looks stale to those who don't see its disk. */
const apart = () => ({ HOME: tempFolder(), TMPDIR: tempFolder() });
const until = (check: () => unknown): Promise<unknown> => vi.waitFor(check, { timeout: PATIENCE_MS, interval: 50 });

test.skipIf(!canMount)(
  'on a full disk an edit is refused whole with what helps, and goes through once there is room, without a restart',
  async () => {
    const data = join(tempFolder(), 'data');
    await using claworc = await startClaworc(['--data', data], {
      env: apart(),
      within: onSmallDisk(data, '24m'),
    });
    const seen = seenBy(claworc.pid, data);
    const inRepository = (...args: string[]) => gitSeenBy(claworc.pid, join(data, 'instances.git'), ...args);
    const create = (name: string) => claworc.request('POST', '/api/v1/instances', { display_name: name });
    const names = async () =>
      ((await claworc.request('GET', '/api/v1/instances')).body as unknown as { name: string }[]).map(
        ({ name }) => name,
      );
    const health = async () => (await claworc.request('GET', '/health')).body;
    expect((await create('bot-a')).status).toBe(201);
    const head = inRepository('rev-parse', 'main');
    const before = await names();
    const makeRoom = fill(seen);

    // What the database has room for in its files is saved as a draft; then nothing is.
    let refused = await create('bot-b');
    const drafts: string[] = [];
    for (let number = 0; refused.status === 202; number += 1) {
      drafts.push(String(refused.body.name));
      refused = await create(`bot-draft-${number}`);
    }

    expect(refused).toMatchObject({
      status: 507,
      body: {
        code: 'disk_full',
        detail:
          'The disk of the data folder is full. Make room on it, then do this again: nothing of it was saved (SQLITE_FULL).',
      },
    });
    expect(await health()).toMatchObject({
      status: 'degraded',
      database: expect.stringMatching(/^The disk of the data folder is full/) as string,
    });
    expect(await names()).toEqual([...before, ...drafts]);
    expect(inRepository('rev-parse', 'main')).toBe(head);
    expect(inRepository('fsck', '--strict', '--no-dangling')).toBe('');
    const checkout = join(tempFolder(), 'checkout');
    const url = `${claworc.url.replace(/\/$/, '')}/instances.git`;
    await runGit(tempFolder(), ['clone', '-q', url, checkout]);
    git(checkout, 'commit', '-q', '--allow-empty', '-m', 'By hand');
    expect(await runGit(checkout, ['push', '-q', url, 'HEAD:main'])).toMatchObject({ code: 1 });

    makeRoom();

    expect((await create('bot-c')).status).toBeLessThan(300);
    await until(async () => expect((await claworc.request('GET', '/api/v1/fleet')).body.drafts).toBe(0));
    await until(async () => expect(await health()).toMatchObject({ database: 'ok', git: 'ok' }));
    expect(await names()).toEqual([...before, ...drafts, 'bot-c']);
    expect(inRepository('fsck', '--strict', '--no-dangling')).toBe('');
    expect(await claworc.stop()).toBe(0);
  },
);

test.skipIf(!canMount).each(['full', 'read only'])(
  'with a repository on a disk that is %s an edit is a draft, health says why, and it is published by itself later',
  async (how) => {
    const data = join(tempFolder(), 'data');
    const bare = join(data, 'instances.git');
    await runClaworc(['init', '--data', data]);
    await using claworc = await startClaworc(['--data', data], {
      env: apart(),
      within: onSmallDisk(bare, '4m'),
    });
    const seen = seenBy(claworc.pid, bare);
    const inRepository = (...args: string[]) => gitSeenBy(claworc.pid, bare, ...args);
    const before = inRepository('rev-parse', 'main');
    const mend = how === 'full' ? fill(seen) : () => remount(claworc.pid, bare, 'rw');
    if (how !== 'full') remount(claworc.pid, bare, 'ro');

    const answer = await claworc.request('POST', '/api/v1/instances', { display_name: 'bot-a' });

    expect(answer).toMatchObject({ status: 202, body: { sync: 'draft' } });
    const words = how === 'full' ? /the disk is full/ : /can not be written/;
    await until(async () =>
      expect((await claworc.request('GET', '/health')).body).toMatchObject({
        status: 'degraded',
        git: expect.stringMatching(words) as string,
      }),
    );
    expect(inRepository('rev-parse', 'main')).toBe(before);

    mend();

    await until(async () =>
      expect((await claworc.request('GET', '/api/v1/instances/bot-a')).body).toMatchObject({ sync: 'published' }),
    );
    expect(
      inRepository('log', '--format=%s', 'main')
        .split('\n')
        .filter((each) => each === 'Create bot-a'),
    ).toHaveLength(1);
    await until(async () => expect((await claworc.request('GET', '/health')).body).toMatchObject({ git: 'ok' }));
    expect(inRepository('fsck', '--strict', '--no-dangling')).toBe('');
  },
);

test.skipIf(!canMount)('a start on a data folder that can only be read ends with one line', async () => {
  const data = join(tempFolder(), 'data');
  await runClaworc(['init', '--data', data]);
  const readOnly = 'mount -t tmpfs small "$1" && mount -o remount,ro "$1" && shift && exec "$@"';

  const { code, stderr } = await runClaworc(['start', '--data', data, '--port', '0'], {
    within: ['unshare', '-m', '--propagation', 'private', 'sh', '-c', readOnly, 'sh', data],
  });

  expect(code).toBe(1);
  expect(stderr.split('\n').filter((line) => line.startsWith('claworc: '))).toHaveLength(1);
  expect(stderr).not.toMatch(/^ {4}at /m);
});
