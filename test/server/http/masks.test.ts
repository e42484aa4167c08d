import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../running-server.ts';

const KEY = 'sk-ant-CANARY-0123456789abcd';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.call('PUT', 'settings', {
    anthropic_api_key: KEY,
    openai_api_key: 'short',
    api_keys: { MY_TOKEN: KEY },
  });
  await server.call('POST', 'instances', { display_name: 'Bot Alpha', brave_api_key: `own-${KEY}` });
});
afterAll(async () => server[Symbol.asyncDispose]());

const git = (...args: string[]): string =>
  execFileSync('git', ['--git-dir', join(server.data, 'instances.git'), ...args], { encoding: 'utf8' });
const head = (): string => git('rev-parse', 'main').trim();

test('settings that are read and written back change nothing: masks are no values (they once replaced every key)', async () => {
  const before = head();
  const { anthropic_api_key, openai_api_key, brave_api_key, api_keys, image } = (await server.call('GET', 'settings'))
    .body as Record<string, unknown>;
  expect([anthropic_api_key, openai_api_key, brave_api_key]).toEqual(['****abcd', '****', null]);

  const written = await server.call('PUT', 'settings', {
    anthropic_api_key,
    openai_api_key,
    brave_api_key,
    api_keys,
    image,
  });

  expect(written.status).toBe(200);
  expect(head()).toBe(before);
});

test('written back with one other value, only that value is changed and named', async () => {
  const { anthropic_api_key } = (await server.call('GET', 'settings')).body as Record<string, unknown>;

  await server.call('PUT', 'settings', { anthropic_api_key, default_cpu_limit: '3' });

  expect(git('log', '-1', '--format=%s', 'main').trim()).toBe('Change default CPU limit of the fleet');
  expect(git('show', '--format=', '--name-only', 'main')).not.toContain('secrets/');
});

test.each([
  ['settings', 'PUT', { anthropic_api_key: '****wxyz' }, 'anthropic_api_key'],
  ['settings', 'PUT', { brave_api_key: '****' }, 'brave_api_key'],
  ['settings', 'PUT', { api_keys: { MY_TOKEN: 'sk-ant-****abcd' } }, 'api_keys.MY_TOKEN'],
  ['settings', 'PUT', { api_keys: { MY_TOKEN: 'sk-ant-api03-************wxyz' } }, 'api_keys.MY_TOKEN'],
  ['settings', 'PUT', { brave_api_key: 'sk-proj-abcd...wxyz' }, 'brave_api_key'],
  ['settings', 'PUT', { brave_api_key: '＊＊＊＊wxyz' }, 'brave_api_key'],
  ['instances/bot-alpha', 'PUT', { anthropic_api_key: '••••••••' }, 'anthropic_api_key'],
  ['instances', 'POST', { display_name: 'Bot Beta', openai_api_key: '****abcd' }, 'openai_api_key'],
] as const)('a mask that is not in force is refused by %s', async (path, method, body, field) => {
  const before = head();

  const refused = await server.call(method, path, body);

  expect([refused.status, refused.body.code, refused.body.field]).toEqual([400, 'invalid', field]);
  expect(head()).toBe(before);
});

test('a bot takes back the mask of its own key, or of the global key that it uses, as no change', async () => {
  const before = head();

  const own = await server.call('PUT', 'instances/bot-alpha', { brave_api_key: '****abcd' });
  const inherited = await server.call('PUT', 'instances/bot-alpha', { anthropic_api_key: '****abcd' });
  const unset = await server.call('PUT', 'instances/bot-alpha', { anthropic_api_key: null });

  expect([own.status, inherited.status, unset.status]).toEqual([200, 200, 200]);
  expect(head()).toBe(before);
});
