import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../running-server.ts';

const CANARY = 'sk-ant-CANARY-0123456789abcd';
const SHORT = 'CANARY-short';

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(async () => server[Symbol.asyncDispose]());

const git = (...args: string[]): string =>
  execFileSync('git', ['--git-dir', join(server.data, 'instances.git'), ...args], { encoding: 'utf8' });
const head = (): string => git('rev-parse', 'main').trim();

describe('settings', () => {
  test('start with the defaults of the product', async () => {
    const { status, body, headers } = await server.call('GET', 'settings');

    expect(status).toBe(200);
    expect(body).toEqual({
      anthropic_api_key: null,
      openai_api_key: null,
      brave_api_key: null,
      api_keys: {},
      default_cpu_request: '500m',
      default_cpu_limit: '2000m',
      default_memory_request: '1Gi',
      default_memory_limit: '4Gi',
      default_storage_clawdbot: '5Gi',
      default_storage_homebrew: '10Gi',
      default_storage_clawd: '5Gi',
      default_storage_chrome: '5Gi',
      image: 'registry.optimalux.com:32001/optimalux/moltbot:latest',
      namespace: 'claworc',
      vnc_exposure: 'proxy',
      publish: 'direct',
      applier: 'claworc',
      reconcile: { mode: 'apply' },
      rendering: 2,
      open_namespaces: null,
      leave_to_cluster: [],
      signing: { required: false, signers: [], gpg_keys: 0, own_key: null },
      rendering_newest: 2,
      recipients: server.running.context.identity?.identity.recipients,
      recipients_accepted: server.running.context.identity?.identity.recipients,
      revision: head(),
      sync: 'published',
    });
    expect(headers.get('etag')).toBe(`"${head()}"`);
  });

  test('the namespace can be chosen while there are no bots, and global keys move along', async () => {
    await server.call('PUT', 'settings', { openai_api_key: SHORT });
    const moved = await server.call('PUT', 'settings', { namespace: 'bots' });
    expect([moved.status, moved.body.namespace]).toEqual([200, 'bots']);
    expect(git('show', 'main:secrets/global/openai-api-key.yaml')).toContain('namespace: bots');

    await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
    await server.call('POST', 'instances', {
      display_name: 'Bot Beta',
      openai_api_key: 'sk-own-CANARY-9876543210zyxw',
    });
    const refused = await server.call('PUT', 'settings', { namespace: 'elsewhere' });
    expect([refused.status, refused.body.code, refused.body.field]).toEqual([409, 'instances_exist', 'namespace']);
    expect((await server.call('PUT', 'settings', { namespace: 'bots' })).status).toBe(200);
  });

  test('another version of the output is a change that is asked for, and shown whole before it is made', async () => {
    const older = await server.call('PUT', 'settings', { rendering: 1 });
    const text = () => git('show', 'main:dist/bot-alpha/deployment.yaml');
    expect([older.status, older.body.rendering, text().includes('hostname')]).toEqual([200, 1, false]);

    const preview = await server.call('POST', 'settings/preview', { rendering: 2 });
    const untouched = text();
    const upgraded = await server.call('PUT', 'settings', { rendering: 2 });

    expect(preview.body.restarts).toEqual(['bot-alpha', 'bot-beta']);
    expect(JSON.stringify(preview.body.files)).toContain('+      hostname: bot-alpha');
    expect(untouched).not.toContain('hostname');
    expect([upgraded.status, upgraded.body.rendering]).toEqual([200, 2]);
    expect(text()).toContain('hostname: bot-alpha');
  });

  test('leaving applying to another program marks the volumes so that it keeps them, restarts nothing, and can be taken back', async () => {
    const claim = () => git('show', 'main:dist/bot-alpha/persistentvolumeclaim-chrome.yaml');
    const [before, unmarked] = [head(), claim()];

    const preview = await server.call('POST', 'settings/preview', { applier: 'external' });
    const left = await server.call('PUT', 'settings', { applier: 'external' });

    expect(preview.body.restarts).toEqual([]);
    expect([left.status, left.body.applier]).toEqual([200, 'external']);
    expect((await server.call('GET', 'fleet')).body).toMatchObject({ applier: 'external' });
    expect(claim()).toContain('kustomize.toolkit.fluxcd.io/prune: disabled');
    expect(claim()).toContain('argocd.argoproj.io/sync-options: Prune=false,Delete=false');
    const changed = git('diff', '--name-only', before, 'main').trim().split('\n');
    expect(changed.filter((path) => !path.includes('persistentvolumeclaim'))).toEqual(['claworc.yaml']);

    const taken = await server.call('PUT', 'settings', { applier: 'claworc' });

    expect([taken.status, taken.body.applier, claim()]).toEqual([200, 'claworc', unmarked]);
    expect((await server.call('PUT', 'settings', { applier: 'flux' })).status).toBe(400);
  });

  test('a version of the output that this program does not make is refused', async () => {
    for (const rendering of [0, 3]) {
      const refused = await server.call('PUT', 'settings', { rendering });
      expect([refused.status, refused.body.code, refused.body.field]).toEqual([400, 'invalid', 'rendering']);
    }
  });

  test('a default that changes reaches every bot that inherits it, in one commit', async () => {
    await server.call('PUT', 'instances/bot-beta', { cpu_limit: '3' });
    const preview = await server.call('POST', 'settings/preview', { default_cpu_limit: '2500m' });
    const before = head();
    const changed = await server.call('PUT', 'settings', { default_cpu_limit: '2500m' });

    expect(changed.body).toMatchObject({ default_cpu_limit: '2500m', revision: head() });
    expect(git('diff', '--name-only', before, 'main').trim().split('\n')).toEqual([
      'claworc.yaml',
      'dist/bot-alpha/deployment.yaml',
    ]);
    expect(preview.body.files).toEqual([
      expect.objectContaining({ path: 'claworc.yaml', action: 'configure' }) as unknown,
      expect.objectContaining({ path: 'dist/bot-alpha/deployment.yaml', action: 'configure' }) as unknown,
    ]);
    expect(preview.body.restarts).toEqual(['bot-alpha']);
    expect((await server.call('GET', 'instances/bot-alpha')).body).toMatchObject({
      cpu_limit: '2500m',
      revision: head(),
      live_revision: null,
    });
    expect((await server.call('GET', 'instances/bot-beta')).body.cpu_limit).toBe('3');
  });

  test('a default that does not fit a bot is refused, naming the bot', async () => {
    await server.call('PUT', 'instances/bot-alpha', { cpu_request: '2000m' });
    const refused = await server.call('PUT', 'settings', { default_cpu_limit: '1', default_cpu_request: '100m' });
    expect([refused.status, refused.body.code, refused.body.detail]).toEqual([
      400,
      'invalid',
      expect.stringContaining('bot-alpha') as string,
    ]);
  });

  test('two people who change the same setting get a conflict, different settings merge', async () => {
    const seen = { 'if-match': `"${(await server.call('GET', 'settings')).body.revision ?? ''}"` };
    expect((await server.call('PUT', 'settings', { image: 'ghcr.io/acme/moltbot:1' }, seen)).status).toBe(200);
    expect((await server.call('PUT', 'settings', { default_storage_clawd: '6Gi' }, seen)).status).toBe(200);
    const conflict = await server.call('PUT', 'settings', { image: 'ghcr.io/acme/moltbot:2' }, seen);
    expect(conflict.body).toMatchObject({
      code: 'conflict',
      field: 'image',
      theirs: 'ghcr.io/acme/moltbot:1',
      mine: 'ghcr.io/acme/moltbot:2',
    });
  });
});

describe('API keys', () => {
  test('are shown by four characters at most, and the same value makes no commit', async () => {
    const set = await server.call('PUT', 'settings', {
      anthropic_api_key: CANARY,
      api_keys: { GEMINI_API_KEY: SHORT },
    });
    expect(set.body).toMatchObject({
      anthropic_api_key: '****abcd',
      openai_api_key: '****',
      api_keys: { GEMINI_API_KEY: '****' },
    });
    const before = head();
    expect((await server.call('PUT', 'settings', { anthropic_api_key: ` ${CANARY}\n` })).status).toBe(200);
    expect(head()).toBe(before);
    expect(git('show', 'main:dist/bot-alpha/deployment.yaml')).toContain('claworc-anthropic-api-key');
  });

  test('an override restarts only its bot, and taking it away brings the global key back', async () => {
    const own = await server.call('PUT', 'instances/bot-alpha', { anthropic_api_key: `${CANARY}-own` });
    expect(own.body.has_anthropic_override).toBe(true);
    expect(git('diff', '--name-only', 'main~1', 'main').trim().split('\n')).toEqual([
      'dist/bot-alpha/deployment.yaml',
      'secrets/bot-alpha/anthropic-api-key.yaml',
    ]);
    expect((await server.call('GET', 'instances/bot-alpha/overview')).body.keys).toEqual([
      { name: 'ANTHROPIC_API_KEY', scope: 'own', hint: '****-own' },
      { name: 'GEMINI_API_KEY', scope: 'global', hint: '****' },
      { name: 'OPENAI_API_KEY', scope: 'global', hint: '****' },
    ]);

    const back = await server.call('PUT', 'instances/bot-alpha', { anthropic_api_key: null });
    expect(back.body.has_anthropic_override).toBe(false);
    expect(git('ls-tree', '-r', '--name-only', 'main')).not.toContain('secrets/bot-alpha');
    const again = await server.call('PUT', 'instances/bot-alpha', { anthropic_api_key: null });
    expect([again.status, again.body.revision]).toEqual([200, back.body.revision]);
  });

  test('are nowhere in clear text: answers of every kind, log, database, git, data folder', async () => {
    const texts = await Promise.all(
      ['settings', 'instances', 'fleet', 'activity', 'openapi.json', 'health'].map(async (path) =>
        server.call('GET', path),
      ),
    );
    for (const name of ['bot-alpha', 'bot-beta']) {
      for (const path of ['', '/config', '/manifests', '/history', '/overview']) {
        texts.push(await server.call('GET', `instances/${name}${path}`));
      }
    }
    texts.push(await server.call('POST', 'settings/preview', { anthropic_api_key: `${CANARY}-preview` }));
    texts.push(await server.call('POST', 'instances/bot-alpha/preview', { brave_api_key: `${CANARY}-preview` }));
    texts.push(await server.call('GET', `commits/${head()}`));
    for (const answer of texts) {
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain('CANARY');
      expect(answer.text).not.toContain('AGE-SECRET-KEY');
    }
    expect(JSON.stringify(server.lines)).not.toContain('CANARY');
    for (const entry of await readdir(server.data, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const bytes = readFileSync(join(entry.parentPath, entry.name));
      expect([entry.name, bytes.includes('CANARY')]).toEqual([entry.name, false]);
    }
    // Objects of git are compressed: read each one.
    const objects = git('cat-file', '--batch-all-objects', '--batch', '--unordered');
    expect(objects).toContain('ENC[AES256_GCM');
    expect(objects).not.toContain('CANARY');
  });
});
