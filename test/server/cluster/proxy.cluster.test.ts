import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { createApi } from '../../../server/cluster/api.ts';
import { loadConnection } from '../../../server/cluster/connection.ts';
import { openPortForward } from '../../../server/cluster/port-forward.ts';
import { NAMESPACES } from '../../../server/cluster/resources.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const plane = inject('controlPlane');

test.skipIf('unavailable' in plane)('requests, streams and port-forwards all go through the proxy-url', async () => {
  if ('unavailable' in plane) return;
  const tunnels: string[] = [];
  const proxy = createServer().on('connect', (request, socket) => {
    tunnels.push(request.url ?? '');
    const [host = '', port = ''] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [upstream, socket]) end.on('error', () => upstream.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const kubeconfig = join(tempFolder(), 'kubeconfig');
  const config = parse(await readFile(plane.kubeconfig, 'utf8')) as { clusters: { cluster: object }[] };
  const clusters = config.clusters.map((each) => ({ ...each, cluster: { ...each.cluster, 'proxy-url': url } }));
  await writeFile(kubeconfig, JSON.stringify({ ...config, clusters }));
  const connection = await loadConnection({ kubeconfig, env: {} });
  const api = createApi(connection);
  onTestFinished(async () => {
    await api.http.close();
    proxy.closeAllConnections();
    proxy.close();
  });

  expect(await api.get(NAMESPACES, null, 'default')).toMatchObject({ ok: true });
  const requests = tunnels.length;
  const stream = await api.http.stream({ path: '/api/v1/namespaces', query: { watch: 'true', timeoutSeconds: '1' } });
  expect(stream.ok).toBe(true);
  if (stream.ok) stream.body.destroy();
  const streams = tunnels.length;
  await expect(openPortForward(connection, { namespace: 'default', pod: 'nobody', port: 1 })).rejects.toMatchObject({
    code: 'not_found',
  });

  expect(requests).toBeGreaterThan(0);
  expect(streams).toBeGreaterThan(requests);
  expect(tunnels.length).toBeGreaterThan(streams);
  expect(new Set(tunnels)).toEqual(new Set([new URL(connection.server).host]));
});
