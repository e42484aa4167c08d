import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AddressInfo } from 'node:net';
import { ClaworcError } from '../../../server/lib/errors.ts';
import { git } from '../../support/person-git.ts';
import { startTestServer } from '../running-server.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'claworc-start-'))));
afterEach(async () => rm(folder, { recursive: true, force: true }));

/** The error of a start that must fail, one clear sentence. */
async function failure(options: Parameters<typeof startTestServer>[0]): Promise<ClaworcError> {
  const error: unknown = await startTestServer(options).then(
    async (server) => {
      await server[Symbol.asyncDispose]();
      return undefined;
    },
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ClaworcError)) throw new Error(`no clear error: ${String(error)}`);
  expect(error.message).not.toContain('\n');
  return error;
}

/** An instances repo whose main is changed by a person after Claworc made it. */
async function brokenRepo(change: (text: string) => string, keepsHistory: boolean): Promise<string> {
  const data = join(folder, 'first');
  await using server = await startTestServer({ data });
  expect((await server.call('GET', 'settings')).status).toBe(200);
  const bare = join(data, 'instances.git');
  const checkout = join(folder, 'checkout');
  git(folder, 'clone', '-q', bare, checkout);
  const file = join(checkout, 'claworc.yaml');
  await writeFile(file, change(await readFile(file, 'utf8')));
  if (!keepsHistory) git(checkout, 'checkout', '-q', '--orphan', 'fresh');
  git(checkout, 'commit', '-qam', 'Break it');
  const copy = join(folder, 'copy.git');
  git(folder, 'clone', '-q', '--bare', '--no-hardlinks', '--single-branch', checkout, copy);
  if (!keepsHistory) git(copy, 'branch', '-q', '-m', 'main');
  return copy;
}

const breakRecipients = (text: string): string => text.replace(/- age1\w+/, '- ssh-ed25519 AAAA');

describe('a start', () => {
  test('with a broken claworc.yaml and a new data folder serves with the last sound one, and shows the line', async () => {
    const repo = await brokenRepo(breakRecipients, true);
    const line =
      git(repo, 'show', 'main:claworc.yaml')
        .split('\n')
        .findIndex((each) => each.includes('ssh-ed25519')) + 1;

    await using server = await startTestServer({ data: join(folder, 'second'), repo });

    const { body } = await server.call('GET', 'fleet');
    expect(body.problems).toContainEqual(expect.objectContaining({ file: 'claworc.yaml', line }));
    expect((await server.call('GET', 'settings')).status).toBe(200);
  });

  test('with a claworc.yaml that never was sound ends, and says file and line', async () => {
    const repo = await brokenRepo(breakRecipients, false);
    const data = join(folder, 'second');

    expect((await failure({ data, repo })).message).toMatch(/^claworc\.yaml:\d+: .*recipient/);
    // Nothing of it is left running: the lock of the folder is free.
    expect((await failure({ data, repo })).message).toMatch(/^claworc\.yaml:\d+: /);
  });

  test('on a taken port says so and touches nothing', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const data = join(folder, 'data');

    expect((await failure({ data, port })).message).toBe(
      `Port ${port} on 127.0.0.1 is taken: choose another with --port.`,
    );

    expect(await readdir(folder)).toEqual([]);
    other.close();
  });

  test('on an address of others needs --public-url, and takes only an address for it', async () => {
    const data = join(folder, 'data');
    expect((await failure({ data, host: '0.0.0.0' })).message).toContain('--public-url');
    expect((await failure({ data, host: '0.0.0.0', publicUrl: 'claworc.example.com' })).code).toBe('usage');
    expect((await failure({ data, host: '0.0.0.0', publicUrl: 'https://x.example/path?x' })).code).toBe('usage');
    expect((await failure({ data, host: '203.0.113.9', publicUrl: 'https://x.example' })).message).toContain(
      'no address of this machine',
    );
    expect(await readdir(folder)).toEqual([]);
  });

  test('lets in what --public-url names, and only that', async () => {
    await using server = await startTestServer({ data: folder, host: '0.0.0.0', publicUrl: 'http://claworc.internal' });
    const port = new URL(server.address).port;
    const { request } = await import('node:http');
    const status = (host: string): Promise<number> =>
      new Promise((resolve, reject) => {
        request({ port, host: '127.0.0.1', path: '/api/v1/health', headers: { host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        })
          .on('error', reject)
          .end();
      });
    expect(await status('claworc.internal')).toBe(200);
    expect(await status(`claworc.internal:${port}`)).toBe(403);
    expect(await status('evil.internal')).toBe(403);
  });

  test('in a folder that cannot be written says so', async () => {
    const readOnly = join(folder, 'locked');
    await mkdir(readOnly);
    await chmod(readOnly, 0o500);
    // Root may write anywhere; a file where the folder should be stops everybody.
    const data = userInfo().uid === 0 ? join(folder, 'file', 'data') : join(readOnly, 'data');
    if (userInfo().uid === 0) await writeFile(join(folder, 'file'), '');

    const error = await failure({ data });

    expect([error.code, error.message]).toEqual(['usage', expect.stringContaining(data) as string]);
  });

  test('of a second process on the same data says so, and the first goes on', async () => {
    await using first = await startTestServer({ data: folder });
    const error = await failure({ data: folder });
    expect(error.code).toBe('locked');
    expect((await first.call('GET', 'health')).status).toBe(200);
  });

  test('of a database that is newer than the program says so', async () => {
    await (await startTestServer({ data: folder }))[Symbol.asyncDispose]();
    const { default: Database } = await import('better-sqlite3');
    const database = new Database(join(folder, 'claworc.db'));
    database.pragma('user_version = 999');
    database.close();
    expect((await failure({ data: folder })).message).toMatch(/newer/);
  });

  test('with an identity that is missing or broken says so', async () => {
    const identity = join(folder, 'none.txt');
    expect((await failure({ data: join(folder, 'a'), identity })).message).toContain(identity);
    await writeFile(identity, 'not a key\n');
    expect((await failure({ data: join(folder, 'b'), identity })).code).toBe('secrets');
  });

  test('makes everything on the first one, and goes on from it on the second', async () => {
    const first = await startTestServer({ data: folder });
    expect(first.running.context.identity?.isNew).toBe(true);
    const created = await first.call('POST', 'instances', {
      display_name: 'Bot Alpha',
      openai_api_key: 'sk-0123456789-0123456789',
    });
    await first[Symbol.asyncDispose]();

    await using second = await startTestServer({ data: folder });

    expect(second.running.context.identity?.isNew).toBe(false);
    expect((await second.call('GET', 'instances/bot-alpha')).body).toEqual(created.body);
    const same = await second.call('PUT', 'instances/bot-alpha', { openai_api_key: 'sk-0123456789-0123456789' });
    expect(same.body.revision).toBe(created.body.revision);
  });

  test('after the identity was lost makes no new one, says whose is missing, and goes on without opening', async () => {
    const first = await startTestServer({ data: folder });
    const recipient = first.running.context.identity?.identity.recipients[0] ?? '';
    await first.call('PUT', 'settings', { openai_api_key: 'sk-0123456789-0123456789' });
    await first[Symbol.asyncDispose]();
    await rm(join(folder, 'age-identity.txt'));

    await using second = await startTestServer({ data: folder });

    expect(second.running.context.identity).toBeNull();
    expect(await readdir(folder)).not.toContain('age-identity.txt');
    const [problem] = (await second.call('GET', 'fleet')).body.problems ?? [];
    expect(problem?.message).toContain(recipient);
    expect(problem?.message).not.toContain(folder);
    expect(second.lines.filter(({ level }) => level === 'warn').map(({ message }) => message)).toContain(
      problem?.message,
    );
    expect((await second.call('GET', 'settings')).body.openai_api_key).toBe('****6789');
  });

  test('of serve has no identity, and asks for init where there is no repository yet', async () => {
    expect((await failure({ data: folder, duty: 'serve' })).message).toContain('claworc init');
    await (await startTestServer({ data: folder }))[Symbol.asyncDispose]();
    await rm(join(folder, 'age-identity.txt'));

    await using server = await startTestServer({ data: folder, duty: 'serve' });

    const set = await server.call('PUT', 'settings', { openai_api_key: 'sk-0123456789-0123456789' });
    expect(set.body.openai_api_key).toBe('****6789');
    expect(await readdir(folder)).not.toContain('age-identity.txt');
  });
});
