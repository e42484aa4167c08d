import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../running-server.ts';

let ui: string;
let server: TestServer;
beforeAll(async () => {
  ui = await mkdtemp(join(tmpdir(), 'claworc-ui-'));
  server = await startTestServer({ ui });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(ui, { recursive: true, force: true });
});

/** A path as it is, without the tidying of fetch. */
const rawGet = (path: string): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    request({ port: new URL(server.address).port, host: '127.0.0.1', path }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    })
      .on('error', reject)
      .end();
  });

describe('the pages', () => {
  test('say how to build the dashboard while it is not built', async () => {
    const { status, text } = await server.call('GET', '/');
    expect([status, text]).toEqual([503, expect.stringContaining('npm run build:ui') as string]);
  });

  test('are the built files: the page for every address of the dashboard, hashed files for ever, the page never', async () => {
    await mkdir(join(ui, 'assets'));
    await writeFile(join(ui, 'index.html'), '<!doctype html><title>OpenClaw Orchestrator</title>');
    await writeFile(join(ui, 'assets/main-a1b2.js'), 'export {};');
    await writeFile(join(ui, 'logo.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');

    for (const path of ['/', '/instances/bot-alpha', '/instances/bot-alpha/screens/chrome', '/settings']) {
      const page = await server.call('GET', path);
      expect([path, page.status, page.headers.get('cache-control')]).toEqual([path, 200, 'no-cache']);
      expect(page.headers.get('content-type')).toContain('text/html');
      expect(page.text).toContain('OpenClaw Orchestrator');
    }
    const script = await server.call('GET', '/assets/main-a1b2.js');
    expect(script.headers.get('content-type')).toContain('javascript');
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await server.call('GET', '/logo.svg')).headers.get('content-type')).toBe('image/svg+xml');
    expect((await server.call('GET', '/none.js')).status).toBe(404);
    expect((await server.call('GET', '/assets/none.js')).status).toBe(404);
  });

  test('never leave their folder', async () => {
    await writeFile(join(ui, '..', `${ui.split('/').at(-1)!}-secret.txt`), 'canary');
    for (const path of [
      '/../etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/assets/..%2f..%2f..%2fetc%2fpasswd',
      `/..%2f${ui.split('/').at(-1)!}-secret.txt`,
      '/assets/%5c..%5c..%5cx',
      '/.git/config',
      '/%00',
    ]) {
      const { status, text } = await rawGet(path);
      expect([path, status >= 400 || text.includes('OpenClaw Orchestrator')]).toEqual([path, true]);
      expect(text).not.toMatch(/canary|root:/);
    }
    await rm(join(ui, '..', `${ui.split('/').at(-1)!}-secret.txt`));
  });

  test('have the reference of the API among them, which needs nothing from elsewhere', async () => {
    const page = await server.call('GET', '/api');
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/https?:\/\/|<script>|style="/);
    for (const [, path] of page.text.matchAll(/(?:src|href)="(api[^"]*)"/g)) {
      expect([path, (await server.call('GET', `/${path}`)).status]).toEqual([path, 200]);
    }
  });
});

describe('what is not there', () => {
  test('is 404 in the shape of every error, under the API also for pages', async () => {
    for (const [method, path] of [
      ['GET', '/api/v1/nothing'],
      ['GET', '/api/v2/instances'],
      ['POST', '/api/v1/fleet'],
      ['PATCH', '/api/v1/instances/1'],
      ['POST', '/settings'],
    ] as const) {
      const answer = await server.call(method, path, method === 'GET' ? undefined : {});
      expect([path, answer.status, answer.body.code]).toEqual([path, 404, 'not_found']);
      expect(answer.body.detail).toContain(method);
    }
  });

  test('is a bad URL or no HTTP at all: 400, and the server goes on', async () => {
    expect((await rawGet('/api/v1/instances/%zz')).status).toBe(400);
    const socket = connect(Number(new URL(server.address).port), '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.write('\x16\x03\x01 not http\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    expect(text).toMatch(/^HTTP\/1.1 400 /);
    expect((await server.call('GET', '/health')).status).toBe(200);
  });
});

describe('an upgrade', () => {
  const upgrade = (path: string, headers: Record<string, string>): Promise<number> =>
    new Promise((resolve, reject) => {
      const call = request({
        port: new URL(server.address).port,
        host: '127.0.0.1',
        path,
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
          ...headers,
        },
      });
      call.on('response', (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      call.on('upgrade', (_answer, socket) => {
        socket.destroy();
        resolve(101);
      });
      call.on('error', reject);
      call.end();
    });

  test('is refused without its own page, without a ticket, and elsewhere, and the server goes on', async () => {
    const own = { origin: server.address };
    const path = '/api/v1/instances/bot-alpha/screens/chrome';
    expect(await upgrade(`${path}?ticket=x`, {})).toBe(403);
    expect(await upgrade(`${path}?ticket=x`, { origin: 'http://evil.example' })).toBe(403);
    expect(await upgrade(`${path}?ticket=x`, { ...own, host: 'evil.example' })).toBe(403);
    expect(await upgrade(`${path}?ticket=x`, own)).toBe(401);
    expect(await upgrade(path, own)).toBe(404);
    expect(await upgrade('/api/v1/instances/bot-alpha/screens/other?ticket=x', own)).toBe(404);
    expect(await upgrade('/api/v1/instances/10.0.0.1/screens/chrome?ticket=x', own)).toBe(404);
    expect(await upgrade('/', own)).toBe(404);
    expect((await server.call('GET', '/health')).status).toBe(200);
    expect(JSON.stringify(server.lines)).not.toContain('ticket=');
  });

  test('opens once with the ticket of this place, and not a second time', async () => {
    const { tickets } = server.running.context;
    const issue = (screen: 'chrome' | 'terminal', client = '127.0.0.1'): string =>
      tickets.issue({ instance: 'bot-alpha', screen, client }, 'control').ticket;
    const at = (screen: string, ticket: string): Promise<number> =>
      upgrade(`/api/v1/instances/bot-alpha/screens/${screen}?ticket=${ticket}`, { origin: server.address });
    const good = issue('chrome');
    expect(await at('chrome', good)).toBe(101);
    expect(await at('chrome', good)).toBe(401);
    expect(await at('terminal', issue('chrome'))).toBe(401);
    expect(await at('chrome', issue('chrome', '10.0.0.9'))).toBe(401);
  });
});
