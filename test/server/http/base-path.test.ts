import fc from 'fast-check';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { basePathOf, withoutBase } from '../../../server/http/base-path.ts';
import { startTestServer, type TestServer } from '../running-server.ts';

describe('the path of a public URL', () => {
  test.each([
    ['https://tools.example', ''],
    ['https://tools.example/', ''],
    ['https://tools.example:8443/claworc', '/claworc'],
    ['http://[::1]/claworc/', '/claworc'],
    ['https://tools.example/team-a/claworc.v1/', '/team-a/claworc.v1'],
  ])('of %s is %j', (url, path) => expect(basePathOf(url)).toBe(path));

  test.each([
    'tools.example/claworc',
    'ftp://tools.example',
    'https://tools.example/a//b',
    'https://tools.example/../b',
    'https://tools.example/a/./b',
    'https://tools.example/claworc?x=1',
    'https://tools.example/claworc#x',
    'https://tools.example/a"b',
    'https://tools.example/a%2fb',
    'https://to ols.example/',
    'https://',
  ])('%s has none that could be used', (url) => {
    expect(() => basePathOf(url)).toThrow(/--public-url is an address/);
  });

  test('is not one of our own', () => {
    expect(() => basePathOf('https://tools.example/api')).toThrow(/\/api, which Claworc itself uses/);
    expect(() => basePathOf('https://tools.example/instances/x')).toThrow(/choose another/);
    // Webhooks of a forge arrive there.
    expect(() => basePathOf('https://tools.example/hooks')).toThrow(/choose another/);
  });
});

describe('a request target', () => {
  test.each([
    ['/claworc', '/'],
    ['/claworc/', '/'],
    ['/claworc?show=attention', '/?show=attention'],
    ['/claworc/api/v1/health', '/api/v1/health'],
    ['http://tools.example/claworc/api', 'http://tools.example/api'],
    ['/claworcs', '/claworcs'],
    ['/api/claworc/', '/api/claworc/'],
    ['/', '/'],
    ['*', '*'],
  ])('%s means %s', (target, meant) => expect(withoutBase(target, '/claworc')).toBe(meant));

  test('means the same whether the proxy has taken the path off or not', () => {
    const part = fc.stringMatching(/^[a-z0-9%._-]{1,8}$/).filter((text) => text !== 'claworc');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        const target = `/${parts.join('/')}`;
        expect(withoutBase(`/claworc${target}`, '/claworc')).toBe(target);
        expect(withoutBase(target, '/claworc')).toBe(target);
        expect(withoutBase(target, '')).toBe(target);
      }),
    );
  });
});

describe('a server below a path', () => {
  const through = { host: 'tools.example', origin: 'https://tools.example' };
  let ui: string;
  let server: TestServer;
  beforeAll(async () => {
    ui = await mkdtemp(join(tmpdir(), 'claworc-ui-'));
    await writeFile(join(ui, 'index.html'), '<!doctype html><base href="/" /><title>x</title>');
    server = await startTestServer({ ui, publicUrl: 'https://tools.example/claworc/' });
    await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await rm(ui, { recursive: true, force: true });
  });

  test.each(['/claworc', '/claworc/', '/claworc/instances/bot-alpha', '/', '/instances/bot-alpha', '/index.html'])(
    'sends at %s a page that names the path',
    async (path) => {
      const page = await server.call('GET', path);
      expect([page.status, page.text]).toEqual([200, '<!doctype html><base href="/claworc/" /><title>x</title>']);
      expect(page.headers.get('content-security-policy')).toContain("base-uri 'self'");
    },
  );

  test('answers its API with and without the path, with the same headers', async () => {
    for (const path of ['/claworc/api/v1/fleet', '/api/v1/fleet']) {
      const answer = await server.call('GET', path, undefined, through);
      expect([path, answer.status, answer.headers.get('cache-control')]).toEqual([path, 200, 'no-store']);
    }
    const written = await server.call('POST', '/claworc/api/v1/instances/bot-alpha/stop', undefined, through);
    expect([written.status, written.body.status]).toEqual([200, 'stopped']);
  });

  test('gives addresses that a browser can use as they are', async () => {
    const bot = await server.call('GET', 'instances/bot-alpha');
    const api = await server.call('GET', 'openapi.json');

    expect(bot.body.vnc_chrome_url).toBe('/claworc/instances/bot-alpha/screens/chrome');
    expect(bot.body.vnc_terminal_url).toBe('/claworc/instances/bot-alpha/screens/terminal');
    expect(api.body.servers).toEqual([{ url: '/claworc' }]);
  });

  test('keeps its gate and its shape of errors below the path', async () => {
    const foreign = await server.call('GET', '/claworc/api/v1/fleet', undefined, { origin: 'https://evil.example' });
    const broken = await server.call('GET', '/claworc/%zz');
    const none = await server.call('GET', '/claworc/api/v1/nothing');

    expect([foreign.status, foreign.body.code]).toEqual([403, 'forbidden']);
    expect([broken.status, broken.body.code]).toEqual([400, 'invalid']);
    expect([none.status, none.body.code]).toEqual([404, 'not_found']);
  });
});
