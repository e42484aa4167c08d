import { existsSync } from 'node:fs';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { PATIENCE_MS } from '../../support/patience.ts';
import { git } from '../../support/person-git.ts';
import { runGit } from '../../support/git-process.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startTestServer, type TestServer } from '../running-server.ts';

/** A clone over http, as a person makes it. */
async function cloned(server: TestServer): Promise<string> {
  const folder = tempFolder();
  const clone = await runGit(folder, ['clone', '-q', `${server.address}/instances.git`, 'instances']);
  expect(clone).toEqual({ code: 0, stdout: '', stderr: '' });
  return join(folder, 'instances');
}

async function commit(folder: string, path: string, text: string | Buffer): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), text);
  git(folder, 'add', '.');
  git(folder, 'commit', '-qm', `Change ${path}`);
}

const bare = (server: TestServer): string => join(server.data, 'instances.git');
const mainOf = (server: TestServer): string => git(bare(server), 'rev-parse', 'main').trim();

describe('instances.git over http', () => {
  test('is cloned, and a record that is pushed to main is in the database within 300 ms', async () => {
    await using server = await startTestServer();
    const folder = await cloned(server);
    await commit(folder, 'README.md', 'ours\n');
    const imported = new Promise<number>((resolve) => {
      server.running.context.publisher.on('imported', () => resolve(performance.now()));
    });

    const push = await runGit(folder, ['push', '-q', 'origin', 'main']);

    const pushedAt = performance.now();
    expect(push).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await imported) - pushedAt).toBeLessThan(300);
    expect(mainOf(server)).toBe(git(folder, 'rev-parse', 'HEAD').trim());
  });

  test('whoever pushes to main without a pause is held for a moment by an edit that lost, so each edit gets there', async () => {
    await using server = await startTestServer();
    const { publisher } = server.running.context;
    await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
    const folder = await cloned(server);
    const done = new AbortController();
    let pushes = 0;
    const pushing = (async () => {
      while (!done.signal.aborted) {
        await runGit(folder, ['fetch', '-q', 'origin']);
        await runGit(folder, ['reset', '-q', '--hard', 'origin/main']);
        await runGit(folder, ['commit', '-q', '--allow-empty', '-m', `Push ${pushes}`]);
        const { code } = await runGit(folder, ['push', '-q', 'origin', 'HEAD:main']);
        pushes += code === 0 ? 1 : 0;
      }
    })();

    const meanwhile: number[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const last = pushes;
      await vi.waitFor(() => expect(pushes).toBeGreaterThan(last), { timeout: PATIENCE_MS, interval: 5 });
      const before = pushes;
      const published = new Promise<void>((resolve) => publisher.on('published', () => resolve()));
      const { status, body } = await server.call('PUT', 'instances/bot-alpha', { cpu_limit: `${3 + turn}` });
      expect([200, 202], JSON.stringify(body)).toContain(status);
      await published;
      meanwhile.push(pushes - before);
    }

    done.abort();
    await pushing;
    // Those that came in before it lost, and those that were on their way then.
    expect(Math.max(...meanwhile)).toBeLessThan(10);
  });

  test('speaks protocol 2, 1 and 0, and takes requests that are gzipped', async () => {
    await using server = await startTestServer();
    for (const version of ['0', '1', '2']) {
      const answer = await runGit(tempFolder(), [
        '-c',
        `protocol.version=${version}`,
        'ls-remote',
        `${server.address}/instances.git`,
      ]);
      expect(answer.stdout.split('\n').slice(0, -1)).toEqual([
        `${mainOf(server)}\tHEAD`,
        `${mainOf(server)}\trefs/heads/main`,
      ]);
    }
    const plain = '0014command=ls-refs\n0000';
    const [zipped, unzipped] = await Promise.all(
      [
        { body: gzipSync(plain), headers: { 'content-encoding': 'gzip' } },
        { body: Buffer.from(plain), headers: {} },
      ].map(async ({ body, headers }) => {
        const answer = await fetch(`${server.address}/instances.git/git-upload-pack`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-git-upload-pack-request', 'git-protocol': 'version=2', ...headers },
          body,
        });
        return { status: answer.status, text: await answer.text() };
      }),
    );
    expect(zipped).toEqual(unzipped);
    expect(zipped).toEqual({
      status: 200,
      text: expect.stringContaining(`${mainOf(server)} refs/heads/main`) as string,
    });
  });

  test('never moves main back nor deletes it, and says why; other branches may be moved and deleted', async () => {
    await using server = await startTestServer();
    const folder = await cloned(server);
    const before = mainOf(server);
    git(folder, 'commit', '-q', '--amend', '-m', 'Another history');

    const forced = await runGit(folder, ['push', '-f', 'origin', 'main']);
    const deleted = await runGit(folder, ['push', 'origin', ':main']);
    const hidden = await runGit(folder, ['push', 'origin', 'HEAD:refs/claworc/remote']);

    expect(forced.stderr).toMatch(/remote: error: denying non-fast-forward refs\/heads\/main/);
    expect(deleted.stderr).toContain("remote: main can't be deleted: it is what the bots are made from.");
    expect(hidden.stderr).toContain('remote: refs/claworc/remote is neither a branch nor a tag');
    expect([forced.code, deleted.code, hidden.code]).toEqual([1, 1, 1]);
    expect(mainOf(server)).toBe(before);

    expect((await runGit(folder, ['push', '-q', 'origin', 'HEAD:my-change'])).stderr).toBe('');
    git(folder, 'commit', '-q', '--amend', '-m', 'Better');
    expect((await runGit(folder, ['push', '-q', '-f', 'origin', 'HEAD:my-change'])).stderr).toBe('');
    expect(git(bare(server), 'rev-parse', 'my-change')).toBe(git(folder, 'rev-parse', 'HEAD'));
    expect((await runGit(folder, ['push', '-q', 'origin', ':my-change'])).stderr).toBe('');
    const refs = git(bare(server), 'for-each-ref', '--format=%(refname)').trim().split('\n');
    // Of a proposal that was one what is known stays.
    expect(refs.filter((ref) => !ref.startsWith('refs/claworc/proposals/'))).toEqual(['refs/heads/main']);
  });

  test('runs nothing that the repository names: no hook, no setting', async () => {
    await using server = await startTestServer();
    const folder = await cloned(server);
    const ran = join(tempFolder(), 'ran');
    await mkdir(join(bare(server), 'hooks'), { recursive: true });
    for (const hook of ['pre-receive', 'update', 'post-receive', 'post-update', 'reference-transaction']) {
      await writeFile(join(bare(server), 'hooks', hook), `#!/bin/sh\ntouch ${ran}\n`, { mode: 0o755 });
    }
    await appendFile(
      join(bare(server), 'config'),
      `[core]\n\tfsmonitor = touch ${ran}\n\thooksPath = ${join(bare(server), 'hooks')}\n[http]\n\treceivepack = false\n[receive]\n\tprocReceiveRefs = refs\n`,
    );
    await commit(folder, 'README.md', 'ours\n');

    const push = await runGit(folder, ['push', '-q', 'origin', 'main']);

    expect(push).toEqual({ code: 0, stdout: '', stderr: '' });
    const list = await runGit(tempFolder(), ['ls-remote', `${server.address}/instances.git`]);
    expect(list.stdout).toContain('refs/heads/main');
    expect(existsSync(ran)).toBe(false);
  });

  test('refuses a push of more than 64 MiB in words, and keeps nothing of it', async () => {
    await using server = await startTestServer();
    const folder = await cloned(server);
    const before = mainOf(server);
    for (const name of ['a', 'b', 'c']) await commit(folder, name, randomBytes(23 * 1_048_576));

    const push = await runGit(folder, ['push', 'origin', 'main']);

    expect(push.stderr).toContain('remote: More than 64 MiB in one push');
    expect(push.stderr).toContain('[remote rejected] main -> main');
    expect(mainOf(server)).toBe(before);
    const size = git(bare(server), 'count-objects', '-v');
    expect(Number(/^size-pack: (\d+)/m.exec(size)?.[1]) + Number(/^size: (\d+)/m.exec(size)?.[1])).toBeLessThan(1_000);
  });

  test('lets nobody in under a foreign Host, from a page of another site, or with the dumb protocol', async () => {
    await using server = await startTestServer();
    const ask = (path: string, headers: Record<string, string>, method = 'GET'): Promise<number> =>
      new Promise((resolve, reject) => {
        request(`${server.address}/instances.git/${path}`, { method, headers }, (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        })
          .on('error', reject)
          .end(method === 'POST' ? '0000' : undefined);
      });
    const list = 'info/refs?service=git-upload-pack';
    const type = { 'content-type': 'application/x-git-receive-pack-request' };
    expect(await ask(list, {})).toBe(200);
    expect(await ask(list, { host: 'evil.example' })).toBe(403);
    expect(await ask(list, { origin: 'https://evil.example' })).toBe(403);
    expect(
      await ask(list, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }),
    ).toBe(403);
    expect(await ask('info/refs', {})).toBe(403);
    expect(await ask('HEAD', {})).toBe(404);
    expect(await ask('objects/info/packs', {})).toBe(404);
    expect(await ask('git-receive-pack', { ...type, origin: 'https://evil.example' }, 'POST')).toBe(403);
    expect(await ask('git-receive-pack', { 'content-type': 'text/plain' }, 'POST')).toBe(415);
    expect(await ask('git-receive-pack', { 'content-type': 'application/x-git-upload-pack-request' }, 'POST')).toBe(
      415,
    );
    expect(await ask('git-receive-pack', type, 'POST')).toBe(200);
  });

  test('is under the path of --public-url too', async () => {
    await using server = await startTestServer({ publicUrl: 'http://claworc.example/tools' });
    const answer = await runGit(tempFolder(), ['ls-remote', `${server.address}/tools/instances.git`]);
    expect(answer.stdout).toContain('refs/heads/main');
  });

  test('of a server with a remote is read only, and says where to push', async () => {
    const remote = join(tempFolder(), 'remote.git');
    git(tempFolder(), 'init', '-q', '--bare', '-b', 'main', remote);
    await using server = await startTestServer({
      remote: { url: remote, branch: 'main', access: {}, environment: {} },
    });
    const folder = await cloned(server);
    await commit(folder, 'README.md', 'ours\n');

    const push = await runGit(folder, ['push', 'origin', 'main']);

    expect(push.code).not.toBe(0);
    expect(push.stderr).toContain(
      `remote: This is a copy of ${remote}, which can be cloned and fetched: push there, to its branch main.`,
    );
  });

  test('ends a push whose client goes away, and one that is under way when the server stops', async () => {
    const server = await startTestServer();
    const begin = () =>
      request(`${server.address}/instances.git/git-receive-pack`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-git-receive-pack-request' },
      });
    const zero = '0'.repeat(40);
    const line = `${zero} ${'1'.repeat(40)} refs/heads/x\0report-status side-band-64k`;
    const head = `${(line.length + 4).toString(16).padStart(4, '0')}${line}0000PACK`;
    const leaving = begin().on('error', () => undefined);
    leaving.write(head);
    leaving.destroy();
    const staying = begin();
    const ended = new Promise((resolve) => staying.on('error', resolve).on('response', resolve));
    staying.write(head);
    await new Promise((resolve) => staying.once('socket', (socket) => socket.once('connect', resolve)));

    await server[Symbol.asyncDispose]();

    staying.destroy();
    await ended;
  });
});
