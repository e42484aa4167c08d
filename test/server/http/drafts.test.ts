import { execFileSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startTestServer, type TestServer } from '../running-server.ts';
import { PATIENCE_MS } from '../../support/patience.ts';

let server: TestServer;
let lock: string;
beforeEach(async () => {
  server = await startTestServer({ writeTimeoutMs: 300 });
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
  // On a slow machine its commit comes after the answer.
  await vi.waitFor(async () => expect((await server.call('GET', 'fleet')).body.drafts).toBe(0), {
    timeout: PATIENCE_MS,
  });
  lock = join(server.data, 'instances.git/refs/heads/main.lock');
});
afterEach(async () => server[Symbol.asyncDispose]());

const git = (...args: string[]): string =>
  execFileSync('git', ['--git-dir', join(server.data, 'instances.git'), ...args], { encoding: 'utf8' });
/** As when another git holds the branch: nothing can be put on main. */
const block = (): Promise<void> => writeFile(lock, '');
const unblock = (): Promise<void> => rm(lock, { force: true });

describe('a write while git can not take it', () => {
  test('is answered with 202 and a draft, goes on later in order, and nothing is lost or doubled', async () => {
    await block();
    const { revision } = (await server.call('GET', 'instances/bot-alpha')).body;

    const first = await server.call('PUT', 'instances/bot-alpha', { cpu_limit: '3' });
    const second = await server.call('PUT', 'instances/bot-alpha', { cpu_limit: '4', memory_limit: '6Gi' });
    const created = await server.call('POST', 'instances', { display_name: 'Bot Beta' });
    const config = await server.call(
      'PUT',
      'instances/bot-alpha/config',
      { config: '{"a":1}' },
      { 'if-match': `"${revision ?? ''}"` },
    );

    expect([first.status, second.status, created.status, config.status]).toEqual([202, 202, 202, 202]);
    expect(second.body).toMatchObject({ cpu_limit: '4', memory_limit: '6Gi', sync: 'draft', revision });
    expect(created.body).toMatchObject({ name: 'bot-beta', sync: 'draft', revision: null });
    expect((await server.call('GET', 'fleet')).body.drafts).toBe(4);
    const history = (await server.call('GET', 'instances/bot-alpha/history')).body as unknown as { state: string }[];
    expect(history.map(({ state }) => state)).toEqual(['draft', 'draft', 'draft', 'published']);
    expect((await server.call('POST', 'instances', { display_name: 'Bot Beta' })).body.code).toBe('name_taken');

    await unblock();
    await vi.waitFor(async () => expect((await server.call('GET', 'fleet')).body.drafts).toBe(0), {
      timeout: PATIENCE_MS,
    });

    expect((await server.call('GET', 'instances/bot-alpha')).body).toMatchObject({
      cpu_limit: '4',
      memory_limit: '6Gi',
      sync: 'published',
      revision: git('log', '-1', '--format=%H', 'main', '--', 'instances/bot-alpha.yaml').trim(),
    });
    expect((await server.call('GET', 'instances/bot-alpha/config')).body.config).toBe('{"a":1}');
    const edits = git('log', '--format=%(trailers:key=Claworc-Edit,valueonly,separator=)', 'main')
      .split('\n')
      .filter(Boolean);
    expect(edits).toHaveLength(5);
    expect(new Set(edits).size).toBe(5);
  });

  test('can be discarded: the bot is as main says again, and a bot that was only a draft is gone', async () => {
    await block();
    await server.call('PUT', 'instances/bot-alpha', { cpu_limit: '3' });
    await server.call('POST', 'instances', { display_name: 'Bot Beta' });

    const discarded = await server.call('DELETE', 'instances/bot-alpha/draft');
    expect(discarded.body).toMatchObject({ cpu_limit: '2000m', sync: 'published' });
    expect((await server.call('DELETE', 'instances/bot-beta/draft')).status).toBe(200);

    expect((await server.call('GET', 'instances/bot-beta')).status).toBe(404);
    expect((await server.call('DELETE', 'instances/bot-alpha/draft')).body.code).toBe('conflict');
    await unblock();
    expect((await server.call('PUT', 'instances/bot-alpha', { memory_limit: '5Gi' })).body).toMatchObject({
      cpu_limit: '2000m',
      memory_limit: '5Gi',
    });
    expect(git('log', '--format=%s', 'main')).not.toMatch(/cpu limit|bot-beta/i);
    const activity = (await server.call('GET', 'activity')).body as unknown as { message: string; state: string }[];
    expect(activity).toContainEqual(expect.objectContaining({ message: 'Discard: Create bot-beta', state: 'discard' }));
  });

  test('keeps the fleet readable, and health says what it waits for', async () => {
    await block();
    await server.call('PUT', 'instances/bot-alpha', { cpu_limit: '3' });
    expect((await server.call('GET', 'instances')).status).toBe(200);
    expect((await server.call('GET', 'health')).status).toBe(200);
    await unblock();
  });
});
