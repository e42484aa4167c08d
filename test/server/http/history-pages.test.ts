import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Change } from '../../../server/http/schemas/answers.ts';
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
const put = (memory_limit: string): Promise<Answer> => server.call('PUT', 'instances/bot-alpha', { memory_limit });
const history = (query = ''): Promise<Answer> => server.call('GET', `instances/bot-alpha/history${query}`);
const changes = (answer: Answer): readonly Change[] => answer.body as unknown as Change[];
const commits = (answer: Answer): unknown[] => changes(answer).map(({ commit }) => commit);
const next = (answer: Answer): string => /<(\?[^>]*)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1] ?? '';

test('pages follow each other without a gap and without a commit twice, also while main moves on', async () => {
  for (const memory of ['5Gi', '6Gi', '7Gi']) await put(memory);
  const whole = commits(await history());

  const first = await history('?limit=2');
  await put('8Gi');
  const second = await history(next(first));
  const third = await history(next(second));

  expect([...commits(first), ...commits(second), ...commits(third)]).toEqual(whole);
  expect(whole).toHaveLength(4);
  expect(commits(third)).toEqual([]);
  expect(third.headers.get('link')).toBe(null);
});

test('a page of a main that was rewritten since is refused as stale', async () => {
  await put('5Gi');
  const first = await history('?limit=1');
  const query = next(first).replace(/[0-9a-f]{40}/, '0'.repeat(40));

  const answer = await history(query);

  expect([answer.status, answer.body.code]).toEqual([412, 'stale']);
});

test('what a proposal brought names it, whether it was made here or pushed', async () => {
  await server.call('POST', 'proposals', { title: 'More memory' });
  await server.call('PUT', 'instances/bot-alpha?proposal=1', { memory_limit: '8Gi' });
  expect(changes(await history())[0]).toMatchObject({ state: 'proposed', proposal: 1, action: 'configure' });
  await server.call('POST', 'proposals/1/merge');
  const checkout = join(tempFolder(), 'checkout');
  gitIn(server.data, 'clone', '-q', bare(), checkout);
  execFileSync('sed', ['-i', 's/Bot Alpha/Alpha/', 'instances/bot-alpha.yaml'], { cwd: checkout });
  gitIn(checkout, 'commit', '-qam', 'Shorter name');
  gitIn(checkout, 'push', '-q', 'origin', 'HEAD:my-change');
  await vi.waitFor(
    async () => expect((await server.call('GET', 'proposals/2')).body.proposal).toMatchObject({ may_merge: true }),
    { timeout: PATIENCE_MS },
  );
  await server.call('POST', 'proposals/2/merge');

  const told = changes(await history()).map(({ message, proposal }) => [message, proposal]);

  expect(told).toContainEqual(['Shorter name', 2]);
  expect(told).toContainEqual(['Change memory limit of bot-alpha', 1]);
  expect(told).toContainEqual(['Create bot-alpha', null]);
});

test('a bot that was deleted and made again shows both lives, and one that is gone still has its history', async () => {
  await server.call('DELETE', 'instances/bot-alpha');
  expect(changes(await history()).map(({ action }) => action)).toEqual(['remove', 'create']);
  await server.call('POST', 'instances', { display_name: 'Bot Alpha', reuse_volumes: true });
  await put('5Gi');

  expect(changes(await history()).map(({ action }) => action)).toEqual(['configure', 'create', 'remove', 'create']);
  expect((await server.call('GET', 'instances/bot-nobody/history')).status).toBe(404);
});
