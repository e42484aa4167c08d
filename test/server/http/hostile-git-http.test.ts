import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { PATIENCE_MS } from '../../support/patience.ts';
import { git } from '../../support/person-git.ts';
import { startTestServer, type TestServer } from '../running-server.ts';

const ZERO = '0'.repeat(40);

/** A command of a push as git sends it. */
function pushLine(line: string): string {
  return `${(line.length + 4).toString(16).padStart(4, '0')}${line}`;
}

/** Sends commands as no git would, with an empty pack. */
async function pushRaw(server: TestServer, commands: readonly string[]): Promise<{ status: number; text: string }> {
  const [first = '', ...rest] = commands;
  const lines = [`${first}\0report-status side-band-64k`, ...rest].map(pushLine);
  const pack = Buffer.from('PACK\0\0\0\u0002\0\0\0\0', 'latin1');
  const answer = await fetch(`${server.address}/instances.git/git-receive-pack`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-git-receive-pack-request' },
    body: Buffer.concat([Buffer.from(`${lines.join('')}0000`), pack, createHash('sha1').update(pack).digest()]),
  });
  return { status: answer.status, text: await answer.text() };
}

const bare = (server: TestServer): string => join(server.data, 'instances.git');
const mainOf = (server: TestServer): string => git(bare(server), 'rev-parse', 'main').trim();

/** Requests whose bodies do not come in: some are at it, and the others wait. */
async function beginSlowly(server: TestServer, many: number): Promise<Socket[]> {
  const { hostname, port } = new URL(server.address);
  const question = [
    'POST /instances.git/git-upload-pack HTTP/1.1',
    `Host: ${hostname}:${port}`,
    'Content-Type: application/x-git-upload-pack-request',
    'Content-Length: 100000',
    'Expect: 100-continue',
    '\r\n',
  ].join('\r\n');
  const slow = Array.from({ length: many }, () => connect(Number(port), hostname));
  for (const socket of slow) socket.on('error', () => undefined).write(question);
  await Promise.all(slow.map((socket) => once(socket, 'data')));
  return slow;
}

describe('instances.git over http, of which no git would ask', () => {
  test('refuses more refs at once than are moved in a moment, in words, and moves none of them', async () => {
    await using server = await startTestServer();
    const head = mainOf(server);
    const answers = [];
    for (const count of [501, 20_000]) {
      const refs = Array.from({ length: count }, (_, at) => `${ZERO} ${head} refs/heads/r-${at}`);
      answers.push(await pushRaw(server, refs));
    }

    for (const { status, text } of answers) {
      expect(status).toBe(200);
      expect(text).toContain('Too many branches and tags in one push; at most 500 are taken at once.');
    }
    expect(git(bare(server), 'for-each-ref', '--format=%(refname)').trim()).toBe('refs/heads/main');
  });

  test.each([
    ['refs/heads/MAIN', 'is the file of main on a disk that does not tell letters by their case'],
    ['refs/heads/HEAD', 'is HEAD for most commands'],
    ['refs/heads/--upload-pack=x', 'is an option'],
    ['refs/tags/refs/heads/main', 'makes refs/heads/main mean two things'],
  ])('takes no ref %s, which %s', async (ref) => {
    await using server = await startTestServer();

    const { text } = await pushRaw(server, [`${ZERO} ${mainOf(server)} ${ref}`]);

    expect(text).toContain(`${ref} could be taken for main or for an option of git: give it another name.`);
    expect(git(bare(server), 'for-each-ref', '--format=%(refname)').trim()).toBe('refs/heads/main');
  });

  test('writes no failure into the log for those who give up while they wait: each left one, with a stack', async () => {
    await using server = await startTestServer();
    const list = `${server.address}/instances.git/info/refs?service=git-upload-pack`;
    const slow = await beginSlowly(server, 20);
    const waiting = new AbortController();
    const asked = fetch(list, { signal: waiting.signal }).catch(() => 'gave up');
    expect((await server.call('GET', '/health')).status).toBe(200);

    waiting.abort();
    for (const socket of slow) socket.destroy();

    expect(await asked).toBe('gave up');
    await vi.waitFor(async () => expect((await fetch(list)).status).toBe(200), { timeout: PATIENCE_MS });
    expect(server.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('is there for others while one client sends slowly: forty requests of it had all places', async () => {
    await using server = await startTestServer();
    const slow = await beginSlowly(server, 40);
    const list = `${server.address}/instances.git/info/refs?service=git-upload-pack`;

    const ofOther = await fetch(list, { headers: { 'x-forwarded-for': '192.0.2.7' } });

    expect(ofOther.status).toBe(200);
    const ofSame = await fetch(list);
    expect([ofSame.status, await ofSame.text()]).toEqual([
      503,
      'Too many clones and pushes at once from this address; try again in a moment.\n',
    ]);
    for (const socket of slow) socket.destroy();
  });

  test('is not moved by a push that saw main elsewhere, or that says it is new', async () => {
    await using server = await startTestServer();
    const before = mainOf(server);
    const other = git(bare(server), 'commit-tree', '-m', 'x', '-p', before, `${before}^{tree}`).trim();

    const stale = await pushRaw(server, [`${'1'.repeat(40)} ${other} refs/heads/main`]);
    const fresh = await pushRaw(server, [`${ZERO} ${other} refs/heads/main`]);

    for (const { text } of [stale, fresh]) expect(text).toContain('ng refs/heads/main');
    expect(mainOf(server)).toBe(before);
  });

  test.each([
    ['git-upload-pack', '', [413], /More than 10 MiB in one question/],
    // git may have begun to answer before it finds that this is no pack.
    [
      'git-receive-pack',
      pushLine(`${ZERO} ${'1'.repeat(40)} refs/heads/x`),
      [200, 400],
      /^$|unpack|git took only a part of this/,
    ],
    ['git-receive-pack', 'nonsense', [400], /This is not what `git push` sends/],
  ] as const)(
    'unpacks no more of %s than it takes, and answers a client that goes on sending (%j)',
    async (service, head, statuses, words) => {
      await using server = await startTestServer();
      const body = gzipSync(
        Buffer.concat([Buffer.from(head === '' ? '' : `${head}0000PACK`), Buffer.alloc(100 * 1_048_576)]),
      );
      const before = process.cpuUsage();

      const answer = await fetch(`${server.address}/instances.git/${service}`, {
        method: 'POST',
        headers: { 'content-type': `application/x-${service}-request`, 'content-encoding': 'gzip' },
        body,
      });

      expect(statuses).toContain(answer.status);
      expect(await answer.text()).toMatch(words);
      expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
      expect(server.lines.filter(({ level }) => level === 'error')).toEqual([]);
    },
  );
});
