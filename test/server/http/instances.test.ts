import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../running-server.ts';

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(async () => server[Symbol.asyncDispose]());

const git = (...args: string[]): string =>
  execFileSync('git', ['--git-dir', join(server.data, 'instances.git'), ...args], { encoding: 'utf8' });
const fileAt = (path: string): string => git('show', `main:${path}`);
const create = (display_name: string, more: object = {}) => server.call('POST', 'instances', { display_name, ...more });

describe('instances of the API', () => {
  test('a created bot is a commit when the answer comes, with every field of the API', async () => {
    const answer = await create('Bot Alpha', { cpu_limit: '1500m', storage_clawd: '7Gi', clawdbot_config: '{"a": 1}' });

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      id: 1,
      name: 'bot-alpha',
      display_name: 'Bot Alpha',
      status: 'creating',
      nodeport_chrome: null,
      nodeport_terminal: null,
      cpu_request: '500m',
      cpu_limit: '1500m',
      memory_request: '1Gi',
      memory_limit: '4Gi',
      storage_clawdbot: '5Gi',
      storage_homebrew: '10Gi',
      storage_clawd: '7Gi',
      storage_chrome: '5Gi',
      has_anthropic_override: false,
      has_openai_override: false,
      has_brave_override: false,
      vnc_chrome_url: '/instances/bot-alpha/screens/chrome',
      vnc_terminal_url: '/instances/bot-alpha/screens/terminal',
      revision: git('rev-parse', 'main').trim(),
      sync: 'published',
    });
    expect(answer.headers.get('etag')).toBe(`"${answer.body.revision}"`);
    expect(fileAt('instances/bot-alpha.yaml')).toContain('displayName: Bot Alpha');
    expect(fileAt('dist/bot-alpha/deployment.yaml')).toContain('cpu: 1500m');
    expect(git('log', '-1', '--format=%an %s', 'main').trim()).toBe('hans@laptop Create bot-alpha');
    expect(git('log', '-1', '--format=%B', 'main')).toMatch(/^Claworc-Edit: [0-9a-f-]{36}$/m);
  });

  test('an instance is found by number and by name, and nothing else', async () => {
    const byName = await server.call('GET', 'instances/bot-alpha');
    const byNumber = await server.call('GET', `instances/${byName.body.id}`);

    expect(byNumber.body).toEqual(byName.body);
    expect((await server.call('GET', 'instances')).body).toEqual([byName.body]);
    for (const id of ['bot-omega', '99', '1.0', '01x', '%00', 'bot-alpha%2f..']) {
      const missing = await server.call('GET', `instances/${id}`);
      expect([id, missing.status, missing.body.code]).toEqual([id, 404, 'not_found']);
    }
  });

  test('a name that is taken is 409, one with nothing left 400', async () => {
    expect((await create('bot alpha')).body).toMatchObject({ code: 'name_taken', field: 'display_name' });
    expect((await create('!!!')).body).toMatchObject({ code: 'invalid', field: 'display_name' });
    expect((await create('Bot Alpha')).status).toBe(409);
  });

  test('an update changes only what it is given, keeps quantities as typed, and null inherits again', async () => {
    const before = (await server.call('GET', 'instances/1')).body;
    const updated = await server.call('PUT', 'instances/1', { memory_limit: '2048Mi', cpu_limit: '2000m' });

    expect(updated.status).toBe(200);
    expect(updated.body).toMatchObject({ memory_limit: '2048Mi', cpu_limit: '2000m', memory_request: '1Gi' });
    expect(updated.body.revision).not.toBe(before.revision);
    expect(updated.body.inherited).not.toContain('memory_limit');
    expect(fileAt('dist/bot-alpha/deployment.yaml')).toContain('memory: 2Gi');

    const inherited = await server.call('PUT', 'instances/1', { memory_limit: null });
    expect(inherited.body).toMatchObject({ memory_limit: '4Gi' });
    expect(inherited.body.inherited).toContain('memory_limit');
  });

  test('an update that changes nothing makes no commit', async () => {
    const head = git('rev-parse', 'main');
    const same = await server.call('PUT', 'instances/1', { cpu_limit: '2000m' });

    expect(same.status).toBe(200);
    expect(git('rev-parse', 'main')).toBe(head);
  });

  test('different fields changed from one revision both succeed; the same field is a conflict with both values', async () => {
    const { revision } = (await server.call('GET', 'instances/1')).body;
    const seen = { 'if-match': `"${revision}"` };
    expect((await server.call('PUT', 'instances/1', { cpu_limit: '3' }, seen)).status).toBe(200);
    expect((await server.call('PUT', 'instances/1', { memory_limit: '6Gi' }, seen)).status).toBe(200);

    const conflict = await server.call('PUT', 'instances/1', { cpu_limit: '4' }, seen);

    expect(conflict.status).toBe(409);
    expect(conflict.body).toMatchObject({
      code: 'conflict',
      field: 'cpu_limit',
      base: '2000m',
      theirs: '3',
      mine: '4',
    });
    expect((await server.call('GET', 'instances/1')).body).toMatchObject({
      cpu_limit: '3',
      memory_limit: '6Gi',
      sync: 'published',
    });
    expect((await server.call('GET', 'fleet')).body.drafts).toBe(0);
  });

  test('a revision that main never had is stale', async () => {
    const unknown = await server.call('PUT', 'instances/1', { cpu_limit: '4' }, { 'if-match': `"${'0'.repeat(40)}"` });
    expect([unknown.status, unknown.body.code]).toEqual([412, 'stale']);
    const nonsense = await server.call('PUT', 'instances/1', { cpu_limit: '4' }, { 'if-match': '--upload-pack=x' });
    expect([nonsense.status, nonsense.body.code]).toEqual([412, 'stale']);
  });

  test('stop, start and restart are commits; what is so already makes none', async () => {
    expect((await server.call('POST', 'instances/1/stop')).body).toMatchObject({ status: 'stopped' });
    expect(fileAt('dist/bot-alpha/deployment.yaml')).toContain('replicas: 0');
    const head = git('rev-parse', 'main');
    expect((await server.call('POST', 'instances/1/stop', {})).status).toBe(200);
    expect(git('rev-parse', 'main')).toBe(head);
    expect((await server.call('POST', 'instances/1/restart')).body.code).toBe('conflict');

    expect((await server.call('POST', 'instances/1/start')).status).toBe(200);
    expect(fileAt('dist/bot-alpha/deployment.yaml')).toContain('replicas: 1');
    expect((await server.call('POST', 'instances/1/restart')).status).toBe(200);
    expect(fileAt('dist/bot-alpha/deployment.yaml')).toContain('claworc.dev/restarted-at');
    expect(git('log', '-4', '--format=%s', 'main').trim().split('\n')).toEqual([
      'Restart bot-alpha',
      'Start bot-alpha',
      'Stop bot-alpha',
      'Change memory limit of bot-alpha',
    ]);
  });

  test('storage never shrinks', async () => {
    const smaller = await server.call('PUT', 'instances/1', { storage_clawdbot: '1Gi' });
    expect([smaller.status, smaller.body.code, smaller.body.field]).toEqual([409, 'storage_fixed', 'storage_clawdbot']);
    expect((await server.call('PUT', 'instances/1', { storage_clawdbot: '5120Mi' })).status).toBe(200);
  });

  test('deleting says in its tombstone what becomes of the volumes, and their name stays taken unless they are reused', async () => {
    const gone = await server.call('DELETE', 'instances/bot-alpha');

    expect(gone.status).toBe(200);
    expect((await server.call('GET', 'instances/bot-alpha')).status).toBe(404);
    expect(fileAt('tombstones/bot-alpha.yaml')).toContain('data: retain');
    expect(git('ls-tree', '-r', '--name-only', 'main')).not.toMatch(/^(instances|dist)\/bot-alpha/m);

    const again = await create('Bot Alpha');
    expect([again.status, again.body.code]).toEqual([409, 'volumes_retained']);
    const reused = await create('Bot Alpha', { reuse_volumes: true });
    expect(reused.status).toBe(201);
    expect(reused.body.id).not.toBe(1);
    expect(git('ls-tree', '-r', '--name-only', 'main')).not.toContain('tombstones/bot-alpha.yaml');

    expect((await server.call('DELETE', 'instances/bot-alpha?data=destroy')).status).toBe(200);
    expect(fileAt('tombstones/bot-alpha.yaml')).toContain('data: destroy');
    expect((await create('Bot Alpha')).status).toBe(201);
  });

  test('a pair of node ports can be chosen; a taken one names who has it and the next free one', async () => {
    const chosen = await create('Chosen', { vnc_exposure: 'nodePort', nodeport_chrome: 30120 });
    expect([chosen.status, chosen.body.nodeport_chrome, chosen.body.nodeport_terminal]).toEqual([201, 30120, 30121]);

    const taken = await create('Late', { vnc_exposure: 'nodePort', nodeport_terminal: 30121 });
    expect([taken.status, taken.body.code, taken.body.field]).toEqual([409, 'ports_taken', 'nodeport_chrome']);
    expect(taken.body.detail).toContain('taken by bot-chosen; the next free pair is 30100 and 30101');
    expect(taken.body.free).toEqual({ chrome: 30100, terminal: 30101 });

    expect((await create('Odd', { vnc_exposure: 'nodePort', nodeport_chrome: 30103 })).body.detail).toContain('is odd');
    const outside = await create('Out', { vnc_exposure: 'nodePort', nodeport_chrome: 30200 });
    expect([outside.status, outside.body.field]).toEqual([400, 'nodeport_chrome']);
    const forNothing = await create('Proxied', { nodeport_chrome: 30130 });
    expect([forNothing.status, forNothing.body.field]).toEqual([400, 'nodeport_chrome']);
  });

  test('a bot moves to another pair, and its own one is free to itself alone', async () => {
    const { body } = await server.call('PUT', 'instances/bot-chosen', { nodeport_chrome: 30140 });
    expect([body.nodeport_chrome, body.nodeport_terminal]).toEqual([30140, 30141]);
    expect(fileAt('dist/bot-chosen/service-vnc.yaml')).toContain('nodePort: 30141');
    const same = await server.call('PUT', 'instances/bot-chosen', { nodeport_chrome: 30140, nodeport_terminal: 30141 });
    expect([same.status, same.body.revision]).toEqual([200, body.revision]);

    await create('First', { vnc_exposure: 'nodePort' });
    const offer = async (query = '') => (await server.call('GET', `node-ports${query}`)).body;
    expect(await offer()).toEqual({ nodeport_chrome: 30102, nodeport_terminal: 30103, judged_by: 'records' });
    expect(await offer('?instance=bot-first')).toMatchObject({ nodeport_chrome: 30100 });
    for (const name of ['bot-chosen', 'bot-first']) await server.call('DELETE', `instances/${name}?data=destroy`);
  });

  test('the 51st bot with node ports is 409, and a deleted one gives its pair back', async () => {
    const settings = await server.call('PUT', 'settings', { vnc_exposure: 'nodePort' });
    expect(settings.status).toBe(200);
    expect((await server.call('GET', 'instances/bot-alpha')).body).toMatchObject({
      nodeport_chrome: 30100,
      nodeport_terminal: 30101,
    });
    for (let number = 2; number <= 50; number++) {
      const { status, body } = await create(`Bot ${number}`);
      expect([status, body.nodeport_chrome]).toEqual([201, 30098 + 2 * number]);
    }
    expect((await create('Bot 51')).body).toMatchObject({ code: 'ports_used_up' });
    expect((await create('Bot 51', { vnc_exposure: 'proxy' })).status).toBe(201);

    await server.call('DELETE', 'instances/bot-7');
    expect((await create('Bot 52')).body).toMatchObject({ nodeport_chrome: 30112, nodeport_terminal: 30113 });
  }, 60_000);
});
