import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createApi, type ClusterApi } from '../../../server/cluster/api.ts';
import type { ClusterConnection } from '../../../server/cluster/connection.ts';
import type { ApiFailure } from '../../../server/cluster/errors.ts';
import { startPulse } from '../../../server/cluster/pulse.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function connectionTo(port: number): ClusterConnection {
  return {
    context: 'lab',
    server: `http://127.0.0.1:${port}`,
    namespace: null,
    tls: {},
    headers: async () => ({}),
    renew: async () => undefined,
  };
}

async function apiOf(server: Server): Promise<ClusterApi> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const api = createApi(connectionTo((server.address() as AddressInfo).port));
  ends.push(() => api.http.close());
  return api;
}

/** What the pulse says, one after the other. Where answers come, the deadline is longer than a busy machine takes for one. */
function pulseOf(api: ClusterApi, deadlineMs = 60): () => Promise<ApiFailure | null> {
  const said: (ApiFailure | null)[] = [];
  let heard = Promise.withResolvers<undefined>();
  const pulse = startPulse({
    api,
    everyMs: 1,
    deadlineMs,
    onState: (failure) => {
      said.push(failure);
      heard.resolve(undefined);
    },
  });
  ends.push(() => pulse.stop());
  return async () => {
    while (said.length === 0) {
      await heard.promise;
      heard = Promise.withResolvers<undefined>();
    }
    return said.shift() ?? null;
  };
}

describe('the pulse of an API server', () => {
  it('stops when the server is frozen: it accepts and stays silent, and closes nothing', async () => {
    const sockets: Socket[] = [];
    const frozen = createTcp((socket) => void sockets.push(socket));
    ends.push(
      () => sockets.forEach((socket) => socket.destroy()),
      () => frozen.close(),
    );
    const next = pulseOf(await apiOf(frozen));

    expect(await next()).toMatchObject({
      type: 'unreachable',
      message: expect.stringContaining('is silent') as string,
    });
  });

  it('goes on with any answer, a refusal too', async () => {
    const server = createServer((_request, response) => response.writeHead(403).end('{}'));
    ends.push(() => server.close());
    const next = pulseOf(await apiOf(server), 10_000);

    expect([await next(), await next()]).toEqual([null, null]);
  });

  it('goes on while a server refuses everything for load: it was told as silent while its question waited its turn', async () => {
    const server = createServer((_request, response) =>
      response.writeHead(429, { 'retry-after': '60' }).end('too many requests'),
    );
    ends.push(() => server.close());
    const api = await apiOf(server);
    const stop = new AbortController();
    const others = Array.from({ length: 20 }, (_, number) =>
      api.http.request({ method: 'GET', path: `/${number}`, signal: stop.signal }).catch(() => undefined),
    );
    // A question that waits its turn waits for a minute.
    const next = pulseOf(api, 10_000);

    expect([await next(), await next()]).toEqual([null, null]);
    stop.abort(new Error('enough'));
    await Promise.all(others);
  });

  it('comes back by itself when the server answers again, on connections of its own', async () => {
    let isFrozen = false;
    const seen = new Set<Socket>();
    const server = createServer((_request, response) => {
      if (!isFrozen) response.end('{}');
    });
    server.on('connection', (socket) => void seen.add(socket));
    ends.push(
      () => server.closeAllConnections(),
      () => server.close(),
    );
    const next = pulseOf(await apiOf(server), 2_000);
    expect(await next()).toBeNull();

    isFrozen = true;
    while ((await next()) === null);
    while ((await next()) === null);
    const before = seen.size;
    isFrozen = false;
    while ((await next()) !== null);

    expect(seen.size).toBeGreaterThanOrEqual(before);
    expect(before).toBeGreaterThan(1);
  });
});
