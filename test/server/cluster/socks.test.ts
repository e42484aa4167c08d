import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createApi } from '../../../server/cluster/api.ts';
import { NAMESPACES } from '../../../server/cluster/resources.ts';
import { startSocksServer } from '../../support/socks-server.ts';

const HOSTS = { 'api.lab.example': '127.0.0.1' };

async function apiBehind(proxy: string) {
  const server = createServer((_, response) =>
    response.end(JSON.stringify({ kind: 'Namespace', metadata: { name: 'bots' } })),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const api = createApi({
    context: 'lab',
    server: `http://api.lab.example:${port}`,
    namespace: null,
    proxy,
    tls: {},
    headers: async () => ({}),
    renew: async () => undefined,
  });
  onTestFinished(async () => {
    await api.http.close();
    server.close();
  });
  return { api, port };
}

test('a SOCKS proxy is asked for the name of the API server, which it alone may know, with the login of its address', async () => {
  await using socks = await startSocksServer({ login: 'ann:p@ss', hosts: HOSTS });
  const { api, port } = await apiBehind(`socks5://ann:p%40ss@${socks.address}`);

  expect(await api.get(NAMESPACES, null, 'bots')).toMatchObject({ ok: true });
  const stream = await api.http.stream({ path: '/api/v1/watch' });
  if (stream.ok) await stream.body.dump();

  expect(stream.ok).toBe(true);
  expect(socks.asked).toEqual([`api.lab.example:${port}`, `api.lab.example:${port}`]);
});

test.each([
  ['refuses the login', 'ann:right', HOSTS, 'Authentication failed'],
  ['does not reach the API server', 'ann:s3cret', {}, 'HostUnreachable'],
])('of a SOCKS proxy that %s the reason is told, without its password', async (_, login, hosts, reason) => {
  await using socks = await startSocksServer({ login, hosts });
  const { api } = await apiBehind(`socks5://ann:s3cret@${socks.address}`);

  const stream = await api.http.stream({ path: '/api/v1/watch' });

  const said = JSON.stringify(stream);
  expect(said).toContain('the SOCKS proxy 127.0.0.1');
  expect(said).toContain(reason);
  expect(said).not.toContain('s3cret');
});
