import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startTestServer, type TestServer } from '../running-server.ts';
import { runGit, type GitResult } from '../../support/git-process.ts';
import { git as gitIn } from '../../support/person-git.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { PATIENCE_MS } from '../../support/patience.ts';

let server: TestServer;
let bare: string;
beforeEach(async () => {
  server = await startTestServer({ writeTimeoutMs: PATIENCE_MS });
  bare = join(server.data, 'instances.git');
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
  expect((await server.call('PUT', 'settings', { publish: 'propose' })).status).toBe(200);
});
afterEach(async () => server[Symbol.asyncDispose]());

const main = (): string => gitIn(bare, 'rev-parse', 'main').trim();
const revision = async (): Promise<string> => String((await server.call('GET', 'instances/bot-alpha')).body.revision);

/** Every write there is. */
const writes = async (): Promise<readonly (readonly [string, string, unknown, Record<string, string>?])[]> => [
  ['POST', 'instances', { display_name: 'Bot Beta' }],
  ['PUT', 'instances/bot-alpha', { memory_limit: '8Gi' }],
  ['PUT', 'instances/bot-alpha', { anthropic_api_key: 'sk-ant-0123456789-abcdefgh-Wxyz' }],
  ['PUT', 'instances/bot-alpha/config', { config: '{"a": 1}' }, { 'if-match': `"${await revision()}"` }],
  ['POST', 'instances/bot-alpha/restart', {}],
  ['PUT', 'settings', { image: 'ghcr.io/openclaw/openclaw:2' }],
  ['PUT', 'settings', { publish: 'direct' }],
  ['DELETE', 'instances/bot-alpha', undefined],
];

describe('a fleet whose main takes proposals alone', () => {
  test('refuses every write to main with 409 and the way to do it, and takes each into a proposal', async () => {
    const before = main();

    for (const [method, path, body, headers] of await writes()) {
      const { status, body: answer } = await server.call(method, path, body, headers);
      expect({ method, path, status }).toEqual({ method, path, status: 409 });
      expect(answer).toMatchObject({ code: 'conflict', field: 'proposal' });
      expect(answer.detail).toContain('?proposal=N');
    }
    expect(main()).toBe(before);
    expect((await server.call('GET', 'fleet')).body).toMatchObject({ publish: 'propose', drafts: 0, proposals: 0 });
    expect((await server.call('GET', 'instances')).body).toHaveLength(1);

    for (const [index, [method, path, body, headers]] of (await writes()).entries()) {
      await server.call('POST', 'proposals', { title: `Number ${index}` });
      const into = `${path}?proposal=${index + 1}`;
      expect({ into, status: (await server.call(method, into, body, headers)).status }).toEqual({ into, status: 202 });
    }
    expect(main()).toBe(before);
    expect((await server.call('POST', 'proposals/2/merge')).status).toBe(200);
    expect(gitIn(bare, 'show', 'main:instances/bot-alpha.yaml')).toContain('memory: 8Gi');
  });

  test('lets a bot be stopped at once, and nothing else with it; its start is proposed', async () => {
    const stopped = await server.call('POST', 'instances/bot-alpha/stop');

    expect(stopped.status).toBe(200);
    expect(gitIn(bare, 'show', 'main:instances/bot-alpha.yaml')).toContain('state: stopped');
    expect((await server.call('POST', 'instances/bot-alpha/start')).status).toBe(409);
    await server.call('POST', 'proposals', { title: 'On again' });
    expect((await server.call('POST', 'instances/bot-alpha/start?proposal=1')).status).toBe(202);
  });

  test('is so until a merge says otherwise: a proposal that opens main opens it for nothing before', async () => {
    await server.call('POST', 'proposals', { title: 'Direct again' });
    await server.call('PUT', 'settings?proposal=1', { publish: 'direct' });

    expect((await server.call('PUT', 'instances/bot-alpha', { memory_limit: '8Gi' })).status).toBe(409);
    expect((await server.call('GET', 'settings')).body.publish).toBe('propose');
    await server.call('POST', 'proposals/1/merge');
    expect((await server.call('PUT', 'instances/bot-alpha', { memory_limit: '8Gi' })).status).toBe(200);
  });
});

describe('a push to main that takes proposals alone', () => {
  const cloned = async (from: string): Promise<string> => {
    const folder = tempFolder();
    await runGit(folder, ['clone', '-q', from, 'instances']);
    const checkout = join(folder, 'instances');
    gitIn(checkout, 'commit', '-q', '--allow-empty', '-m', 'Mine');
    return checkout;
  };
  const push = (checkout: string, to: string): Promise<GitResult> =>
    runGit(checkout, ['push', '-q', 'origin', `HEAD:${to}`]);

  test('is refused over http with the way to do it, and let in to another branch', async () => {
    const checkout = await cloned(`${server.address}/instances.git`);
    const before = main();

    const refused = await push(checkout, 'main');

    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('remote: Main of this fleet takes changes by proposals alone');
    expect(refused.stderr).toContain('git push origin HEAD:my-change');
    expect(refused.stderr).toContain('[remote rejected]');
    expect(main()).toBe(before);
    expect((await push(checkout, 'my-change')).code).toBe(0);
  });

  test('is refused by git in the folder too, for as long as main says so', async () => {
    const checkout = await cloned(bare);
    // The folder is closed just after main says so, by what follows main.
    await vi.waitFor(() => expect(gitIn(bare, 'config', '--get', 'receive.hideRefs')).toContain('refs/heads/main'), {
      timeout: PATIENCE_MS,
    });

    expect((await push(checkout, 'main')).stderr).toContain('deny updating a hidden ref');
    expect((await push(checkout, 'my-change')).code).toBe(0);
    const number = String((await server.call('POST', 'proposals', { title: 'Direct again' })).body.number);
    await server.call('PUT', `settings?proposal=${number}`, { publish: 'direct' });
    await server.call('POST', `proposals/${number}/merge`);

    gitIn(checkout, 'pull', '-q', '--rebase', 'origin', 'main');
    await vi.waitFor(async () => expect((await push(checkout, 'main')).code).toBe(0), { timeout: PATIENCE_MS });
  });
});
