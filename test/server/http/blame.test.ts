import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Blame } from '../../../server/http/schemas/history.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { git as gitIn } from '../../support/person-git.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startTestServer, type Answer, type TestServer } from '../running-server.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer({ writeTimeoutMs: PATIENCE_MS });
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
});
afterEach(async () => server[Symbol.asyncDispose]());

const bare = (): string => join(server.data, 'instances.git');
const main = (): string => gitIn(bare(), 'rev-parse', 'main').trim();
const put = (body: unknown): Promise<Answer> => server.call('PUT', 'instances/bot-alpha', body);
const blame = async (): Promise<(field: string) => Blame['fields'][number] | undefined> => {
  const { fields } = (await server.call('GET', 'instances/bot-alpha/blame')).body as unknown as Blame;
  return (field) => fields.find(({ api_field }) => api_field === field);
};

test('each field names the commit that set it, with its words, author and time; later commits of other fields do not', async () => {
  const created = main();
  await put({ memory_limit: '6Gi' });
  const memory = main();
  await put({ cpu_limit: '3' });

  const of = await blame();

  expect(of('memory_limit')).toMatchObject({
    commit: memory,
    value: '6Gi',
    author: 'hans@laptop',
    message: 'Change memory limit of bot-alpha',
    file: 'instances/bot-alpha.yaml',
    proposal: null,
    or_older: false,
  });
  expect(of('cpu_limit')?.commit).toBe(main());
  expect(of('display_name')?.commit).toBe(created);
  // What was asked before is not asked again, and is still right.
  await put({ memory_limit: '7Gi' });
  const again = await blame();
  expect(again('memory_limit')?.commit).toBe(main());
  expect(again('display_name')?.commit).toBe(created);
});

test('what a bot inherits leads to the commit of claworc.yaml that set it', async () => {
  await put({ memory_limit: '6Gi' });
  await server.call('PUT', 'settings', { image: 'registry.example/bot:2' });
  const image = main();
  await put({ cpu_limit: '3' });

  const of = await blame();

  expect(of('image')).toMatchObject({ commit: image, file: 'claworc.yaml', value: 'registry.example/bot:2' });
  expect(of('memory_limit')?.file).toBe('instances/bot-alpha.yaml');
  expect(of('memory_request')?.file).toBe('claworc.yaml');
});

test('a value that a proposal brought names it', async () => {
  await server.call('POST', 'proposals', { title: 'More memory' });
  await server.call('PUT', 'instances/bot-alpha?proposal=1', { memory_limit: '8Gi' });
  await server.call('POST', 'proposals/1/merge');

  const of = await blame();

  expect(of('memory_limit')).toMatchObject({ commit: main(), proposal: 1, message: 'Merge proposal 1: More memory' });
});

test('a bot that was deleted and made again has no blame from its former life', async () => {
  await put({ memory_limit: '6Gi' });
  await server.call('DELETE', 'instances/bot-alpha');
  await server.call('POST', 'instances', { display_name: 'Bot Alpha', memory_limit: '6Gi', reuse_volumes: true });

  const of = await blame();

  expect(of('memory_limit')?.commit).toBe(main());
});

test('comments and the order of fields set nothing', async () => {
  const created = main();
  const checkout = join(tempFolder(), 'checkout');
  gitIn(server.data, 'clone', '-q', bare(), checkout);
  execFileSync('sed', ['-i', '1i# Somebody tidied up', 'instances/bot-alpha.yaml'], { cwd: checkout });
  gitIn(checkout, 'commit', '-qam', 'Tidy up');
  gitIn(checkout, 'push', '-q');
  await vi.waitFor(async () => expect((await server.call('GET', 'fleet')).body.head).toBe(main()), {
    timeout: PATIENCE_MS,
  });

  const of = await blame();

  expect(of('display_name')?.commit).toBe(created);
});

test('of a bot that is proposed and not on main nobody can be named yet', async () => {
  await server.call('POST', 'proposals', { title: 'Another bot' });
  await server.call('POST', 'instances?proposal=1', { display_name: 'Bot Beta' });

  const answer = await server.call('GET', 'instances/bot-beta/blame');

  expect([answer.status, answer.body.detail]).toEqual([
    404,
    'Main has no record of bot-beta yet: who set what is known with its commit.',
  ]);
});

test('a key names who set it last, whether it is the bot’s own or global, and never its value', async () => {
  const value = 'sk-ant-canary-0123456789';
  await server.call('PUT', 'settings', { brave_api_key: 'brave-canary-0123456789', anthropic_api_key: value });
  const global = main();
  await put({ anthropic_api_key: `${value}-own` });
  await put({ anthropic_api_key: `${value}-newer` });
  const own = main();
  await put({ cpu_limit: '3' });

  const of = await blame();
  const answer = (await server.call('GET', 'instances/bot-alpha/blame')).text;

  expect(of('keys.ANTHROPIC_API_KEY')).toMatchObject({
    commit: own,
    author: 'hans@laptop',
    value: 'sealed',
    file: 'secrets/bot-alpha/anthropic-api-key.yaml',
  });
  expect(of('keys.BRAVE_API_KEY')).toMatchObject({ commit: global, file: 'secrets/global/brave-api-key.yaml' });
  expect(of('keys.OPENAI_API_KEY')).toBe(undefined);
  expect(answer).not.toContain('canary');
  // The own one goes, and the global one counts again.
  await put({ anthropic_api_key: null });
  expect((await blame())('keys.ANTHROPIC_API_KEY')).toMatchObject({ commit: global });
});

test('a file of a key whose metadata alone was written anew, as for a new recipient, set no key', async () => {
  await put({ anthropic_api_key: 'sk-ant-canary-0123456789' });
  const set = main();
  const checkout = join(tempFolder(), 'checkout');
  gitIn(server.data, 'clone', '-q', bare(), checkout);
  execFileSync(
    'sed',
    ['-i', 's/lastmodified: .*/lastmodified: "2026-11-20T12:00:00Z"/', 'secrets/bot-alpha/anthropic-api-key.yaml'],
    {
      cwd: checkout,
    },
  );
  gitIn(checkout, 'commit', '-qam', 'Written anew');
  gitIn(checkout, 'push', '-q');
  await vi.waitFor(async () => expect((await server.call('GET', 'fleet')).body.head).toBe(main()), {
    timeout: PATIENCE_MS,
  });
  expect(main()).not.toBe(set);

  expect((await blame())('keys.ANTHROPIC_API_KEY')?.commit).toBe(set);
});
