import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import type { ClusterConnection } from '../../../server/cluster/connection.ts';
import { openPortForward } from '../../../server/cluster/port-forward.ts';

test('a node that is silent behind the API server is not told as an API server that does not answer', async () => {
  await using listener = createServer((socket) => socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const server = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  const connection: ClusterConnection = {
    context: 'lab',
    server,
    namespace: null,
    tls: {},
    headers: () => Promise.resolve({}),
    renew: () => Promise.resolve(),
  };

  const opening = openPortForward(connection, { namespace: 'claworc', pod: 'bot-alpha-x', port: 5901, timeoutMs: 100 });

  await expect(opening).rejects.toMatchObject({
    code: 'cluster_unreachable',
    message: `Pod/claworc/bot-alpha-x:5901: neither ${server} nor the node of the pod behind it answered within 0.1 s`,
  });
});
