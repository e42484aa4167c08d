import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createApi } from '../../../server/cluster/api.ts';
import { chooseProxy } from '../../../server/cluster/proxy.ts';
import { NAMESPACES } from '../../../server/cluster/resources.ts';

const SERVER = 'https://api.lab.example:6443';
const PROXY = 'http://proxy.example:3128/';

describe('the proxy on the way to an API server', () => {
  it('is the proxy-url of the cluster, whatever the environment says', () => {
    const env = { HTTPS_PROXY: 'http://other:1', NO_PROXY: '*' };

    expect(chooseProxy(SERVER, 'http://proxy.example:3128', env)).toBe(PROXY);
    expect(chooseProxy('https://127.0.0.1:6443', 'proxy.example:3128', {})).toBe(PROXY);
  });

  it('is else that of the environment, in either case of its name, and of HTTP_PROXY only for http servers', () => {
    expect(chooseProxy(SERVER, undefined, { HTTPS_PROXY: PROXY })).toBe(PROXY);
    expect(chooseProxy(SERVER, undefined, { https_proxy: 'proxy.example:3128' })).toBe(PROXY);
    expect(chooseProxy(SERVER, undefined, { HTTP_PROXY: PROXY })).toBeNull();
    expect(chooseProxy('http://api.lab.example', undefined, { HTTP_PROXY: PROXY })).toBe(PROXY);
    expect(chooseProxy(SERVER, undefined, {})).toBeNull();
  });

  it.each([
    ['*', 'api.lab.example', true],
    ['lab.example', 'api.lab.example', true],
    ['.lab.example', 'api.lab.example', true],
    ['*.lab.example', 'api.lab.example', true],
    ['.api.lab.example', 'api.lab.example', false],
    ['example', 'api.lab.example', true],
    ['ab.example', 'api.lab.example', false],
    ['other.example, API.lab.example', 'api.lab.example', true],
    ['api.lab.example:6443', 'api.lab.example', true],
    ['api.lab.example:443', 'api.lab.example', false],
    ['10.0.0.0/8', '10.152.183.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.152.183.1', '10.152.183.1', true],
    ['fd00::/8', '[fd00::1]', true],
    ['fd00::1', '[fd00::1]', true],
    ['[fd00::1]:6443', '[fd00::1]', true],
    ['', 'api.lab.example', false],
  ])('with NO_PROXY=%s is left out for %s: %s', (list, host, isExcepted) => {
    const proxy = chooseProxy(`https://${host}:6443`, undefined, { HTTPS_PROXY: PROXY, NO_PROXY: list });

    expect(proxy === null).toBe(isExcepted);
  });

  it('is never one of the environment for a server on loopback', () => {
    for (const host of ['localhost', '127.0.0.1', '[::1]']) {
      expect(chooseProxy(`https://${host}:6443`, undefined, { HTTPS_PROXY: PROXY })).toBeNull();
    }
  });

  it('may speak SOCKS 5', () => {
    expect(chooseProxy(SERVER, 'socks5://ann:pw@proxy.example:1080', {})).toBe('socks5://ann:pw@proxy.example:1080');
    expect(chooseProxy(SERVER, undefined, { HTTPS_PROXY: 'socks5h://proxy.example' })).toBe('socks5h://proxy.example');
  });

  it('is refused in words when it speaks something else, without its password', () => {
    const refused = (): string | null => chooseProxy(SERVER, 'socks4://ann:s3cret@proxy.example:1080', {});

    expect(refused).toThrow('proxy-url names a socks4 proxy (proxy.example:1080)');
    expect(refused).not.toThrow('s3cret');
  });

  it('carries requests and streams', async () => {
    const asked: string[] = [];
    const proxy = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers['proxy-authorization']}`);
      response.end(JSON.stringify({ kind: 'Namespace', metadata: { name: 'bots' } }));
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const api = createApi({
      context: 'lab',
      server: 'http://api.lab.example',
      namespace: null,
      proxy: `http://ann:pw@127.0.0.1:${(proxy.address() as AddressInfo).port}/`,
      tls: {},
      headers: async () => ({}),
      renew: async () => undefined,
    });
    onTestFinished(async () => {
      await api.http.close();
      proxy.close();
    });

    expect(await api.get(NAMESPACES, null, 'bots')).toMatchObject({ ok: true });
    const stream = await api.http.stream({ path: '/api/v1/watch' });
    if (stream.ok) await stream.body.dump();

    const credentials = `Basic ${Buffer.from('ann:pw').toString('base64')}`;
    expect(asked).toEqual([
      `http://api.lab.example/api/v1/namespaces/bots ${credentials}`,
      `http://api.lab.example/api/v1/watch ${credentials}`,
    ]);
  });
});
