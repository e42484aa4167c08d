import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Proposal } from '../../../server/http/schemas/proposals.ts';
import { git as gitIn } from '../../support/person-git.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startTestServer, type Answer, type TestServer } from '../running-server.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer({ writeTimeoutMs: PATIENCE_MS });
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
});
afterEach(async () => server[Symbol.asyncDispose]());

interface Shown {
  readonly unit: string;
  readonly field: string;
  readonly theirs: unknown;
  readonly mine: unknown;
  readonly choice: string;
}

const bare = (): string => join(server.data, 'instances.git');
const on = (ref: string, path = 'instances/bot-alpha.yaml'): string =>
  execFileSync('git', ['--git-dir', bare(), 'show', `${ref}:${path}`], { encoding: 'utf8' });
const filesOn = (ref: string): string =>
  execFileSync('git', ['--git-dir', bare(), 'ls-tree', '-r', '--name-only', ref], { encoding: 'utf8' });
const conflictsOf = (answer: Answer): readonly Shown[] => {
  expect(answer.status).toBe(409);
  return answer.body.conflicts as readonly Shown[];
};
const choicesOf = (answer: Answer): string =>
  conflictsOf(answer)
    .map(({ choice }) => choice)
    .join();
const revision = async (): Promise<string> =>
  (await server.call('GET', 'instances/bot-alpha')).headers.get('etag') ?? '';
const proposals = async (): Promise<readonly Proposal[]> =>
  (await server.call('GET', 'proposals')).body as unknown as readonly Proposal[];
const BRANCH = 'proposals/first';

/** Opens proposal 1 by a write. */
async function first(method: string, path: string, body?: unknown, ifMatch?: string): Promise<void> {
  const query = `${path.includes('?') ? '&' : '?'}propose=First`;
  const written = await server.call(method, path + query, body, ifMatch === undefined ? {} : { 'if-match': ifMatch });
  expect([written.status, written.headers.get('claworc-proposal')]).toEqual([202, '1']);
}

describe('a write that meets what its proposal changes already', () => {
  test('shows both values of a config, and puts mine on top when that is chosen', async () => {
    const seen = await revision();
    const put = (query: string, config: string): Promise<Answer> =>
      server.call('PUT', `instances/bot-alpha/config?${query}`, { config }, { 'if-match': seen });
    await put('propose=First', '{"a": 1}');

    const refused = await put('proposal=1', '{"a": 2}');

    expect(conflictsOf(refused)).toMatchObject([
      { unit: 'bot-alpha', field: 'clawdbot_config', theirs: '{"a": 1}', mine: '{"a": 2}' },
    ]);
    expect((await put(`proposal=1&mine=${choicesOf(refused)}`, '{"a": 2}')).status).toBe(202);
    expect(on(BRANCH)).toContain('{"a": 2}');
  });

  test('is asked again where somebody put another value there meanwhile', async () => {
    const put = (query: string, image: string): Promise<Answer> =>
      server.call('PUT', `instances/bot-alpha?proposal=1${query}`, { image });
    await first('PUT', 'instances/bot-alpha', { image: 'example.com/a:1' });
    const refused = await put('', 'example.com/a:2');
    const other = await put('', 'example.com/a:3');
    expect((await put(`&mine=${choicesOf(other)}`, 'example.com/a:3')).status).toBe(202);

    const again = await put(`&mine=${choicesOf(refused)}`, 'example.com/a:2');

    expect(conflictsOf(again)).toMatchObject([{ field: 'image', theirs: 'example.com/a:3', mine: 'example.com/a:2' }]);
    expect(on(BRANCH)).toContain('example.com/a:3');
  });

  test('takes of two fields mine of one and theirs of the other', async () => {
    await first('PUT', 'instances/bot-alpha', { image: 'example.com/a:1', cpu_limit: '3' });
    const mine = { image: 'example.com/a:2', cpu_limit: '4', memory_limit: '8Gi' };
    const shown = conflictsOf(await server.call('PUT', 'instances/bot-alpha?proposal=1', mine));
    const choice = (field: string): string => shown.find((each) => each.field === field)?.choice ?? '';

    const query = `proposal=1&mine=${choice('image')}&theirs=${choice('cpu_limit')}`;
    expect((await server.call('PUT', `instances/bot-alpha?${query}`, mine)).status).toBe(202);

    expect(on(BRANCH)).toContain('example.com/a:2');
    expect(on(BRANCH)).toContain('cpu: "3"');
    expect(on(BRANCH)).toContain('memory: 8Gi');
  });

  test('says that a key is set there without saying it, and sets mine when that is chosen', async () => {
    const put = (query: string, value: string | null): Promise<Answer> =>
      server.call('PUT', `instances/bot-alpha?${query}`, { api_keys: { GROQ_API_KEY: value } });
    await put('', 'gsk-of-main-0000');
    await put('propose=First', 'gsk-of-the-first-person-1234');
    const [path = ''] = filesOn(BRANCH)
      .split('\n')
      .filter((each) => each.startsWith('secrets/bot-alpha/'));
    const there = on(BRANCH, path);

    const refused = await put('proposal=1', 'gsk-of-the-second-person-5678');

    expect(conflictsOf(refused)).toMatchObject([
      { field: 'api_keys.GROQ_API_KEY', theirs: expect.stringMatching(/^set, sealed as [0-9a-f]{8}$/) as string },
    ]);
    expect(refused.text).not.toMatch(/of-the-(first|second)-person/);
    expect(on(BRANCH, path)).toBe(there);
    expect((await put(`proposal=1&mine=${choicesOf(refused)}`, 'gsk-of-the-second-person-5678')).status).toBe(202);
    expect(on(BRANCH, path)).not.toBe(there);

    const removal = await put('proposal=1', null);
    expect((await put(`proposal=1&mine=${choicesOf(removal)}`, null)).status).toBe(202);
    expect(filesOn(BRANCH)).not.toContain('secrets/bot-alpha/');
  });

  test('removes a bot that the proposal changes only when that is chosen', async () => {
    await first('PUT', 'instances/bot-alpha', { cpu_limit: '3' });

    const refused = await server.call('DELETE', 'instances/bot-alpha?proposal=1');

    expect(conflictsOf(refused)).toMatchObject([{ field: '', mine: null }]);
    expect(filesOn(BRANCH)).toContain('instances/bot-alpha.yaml');
    const removed = await server.call('DELETE', `instances/bot-alpha?proposal=1&mine=${choicesOf(refused)}`);
    expect(removed.status).toBe(202);
    expect(filesOn(BRANCH)).not.toContain('instances/bot-alpha.yaml');
    expect(filesOn(BRANCH)).toContain('tombstones/bot-alpha.yaml');
    expect(filesOn('main')).toContain('instances/bot-alpha.yaml');
  });

  test('restores a bot over what the proposal changes only when that is chosen', async () => {
    const then = (await revision()).replaceAll('"', '');
    await server.call('PUT', 'instances/bot-alpha', { cpu_limit: '3' });
    await first('PUT', 'instances/bot-alpha', { cpu_limit: '4' });

    const refused = await server.call('POST', 'instances/bot-alpha/restore?proposal=1', { to: then });

    expect(conflictsOf(refused)).toMatchObject([{ field: 'cpu_limit', theirs: '4', mine: null }]);
    const query = `proposal=1&mine=${choicesOf(refused)}`;
    expect((await server.call('POST', `instances/bot-alpha/restore?${query}`, { to: then })).status).toBe(202);
    expect(on(BRANCH)).not.toContain('cpu:');
  });

  test('is refused for a choice that is none', async () => {
    expect((await server.call('PUT', 'instances/bot-alpha?mine=yes', { cpu_limit: '3' })).status).toBe(400);
  });
});

describe('a write that opens a proposal', () => {
  test('has it with its edit in one answer', async () => {
    await first('PUT', 'instances/bot-alpha', { cpu_limit: '3' });

    expect(await proposals()).toMatchObject([{ number: 1, title: 'First', branch: BRANCH, bots: ['bot-alpha'] }]);
  });

  test('leaves none when it is refused for its fields', async () => {
    const refused = await server.call('PUT', 'instances/bot-alpha?propose=First', { cpu_limit: 'much' });

    expect(refused.status).toBe(400);
    expect(await proposals()).toEqual([]);
  });

  test('leaves none when main does not take it, nor a draft', async () => {
    const checkout = join(tempFolder(), 'checkout');
    gitIn(server.data, 'clone', '-q', bare(), checkout);
    appendFileSync(join(checkout, 'claworc.yaml'), '  policy:\n    maxOfFleet:\n      cpu: "2"\n');
    gitIn(checkout, 'commit', '-qam', 'A small fleet');
    gitIn(checkout, 'push', '-q', 'origin', 'HEAD:main');
    const isRead = async (): Promise<boolean> => (await server.call('GET', 'activity')).text.includes('A small fleet');
    await vi.waitFor(async () => expect(await isRead()).toBe(true), { timeout: PATIENCE_MS, interval: 30 });

    const refused = await server.call('PUT', 'instances/bot-alpha?propose=First', {
      cpu_request: '1900m',
      cpu_limit: '3',
    });
    const second = await server.call('POST', 'instances?propose=Second', { display_name: 'Bot Beta' });
    const third = await server.call('PUT', 'instances/bot-alpha?propose=Third', { cpu_request: '3', cpu_limit: '4' });

    expect([refused.status, second.status, third.status]).toEqual([202, 202, 409]);
    expect(third.text).toContain('maxOfFleet');
    expect((await proposals()).map(({ title }) => title).sort()).toEqual(['First', 'Second']);
    expect((await server.call('GET', 'instances/bot-alpha')).body.sync).toBe('proposed');
  });

  test('can not name another one as well', async () => {
    await first('PUT', 'instances/bot-alpha', { cpu_limit: '3' });

    const both = await server.call('PUT', 'instances/bot-alpha?proposal=1&propose=Second', { cpu_limit: '4' });

    expect([both.status, both.body.field]).toEqual([400, 'propose']);
  });
});

describe('a key that somebody else set on main while a write was on its way', () => {
  test('is a conflict there too, and no lost value', async () => {
    const put = (query: string, value: string): Promise<Answer> =>
      server.call('PUT', `instances/bot-alpha${query}`, { api_keys: { GROQ_API_KEY: value } });
    expect((await put('', 'gsk-first-1234')).status).toBe(200);
    expect((await put('', 'gsk-second-5678')).status).toBe(200);
    await put('?propose=First', 'gsk-third-9012');
    expect((await put('', 'gsk-fourth-3456')).status).toBe(200);

    const merged = await server.call('POST', 'proposals/1/merge');

    expect(merged.status).toBe(409);
    expect(merged.body.field).toMatch(/^secrets\/bot-alpha\//);
  });
});
