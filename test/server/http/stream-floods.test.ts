import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { BusEvent } from '../../../server/services/event-bus.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { startTestServer, type TestServer } from '../running-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
});
afterAll(async () => server[Symbol.asyncDispose]());

/** A client of `GET /events`; gives the status of its answer. One that does not read after that leaves all waiting. */
async function open(
  isReading: boolean,
  from: { readonly localAddress?: string; readonly forwardedFor?: string } = {},
): Promise<{ readonly socket: Socket; readonly status: number }> {
  const { localAddress = '127.0.0.1', forwardedFor } = from;
  const port = Number(new URL(server.address).port);
  const socket = connect({ port, host: '127.0.0.1', localAddress }).on('error', () => undefined);
  const forwarded = forwardedFor === undefined ? '' : `X-Forwarded-For: ${forwardedFor}\r\n`;
  socket.write(`GET /api/v1/events HTTP/1.1\r\nHost: ${new URL(server.address).host}\r\n${forwarded}\r\n`);
  const [first] = (await once(socket, 'data')) as [Buffer];
  if (isReading) socket.on('data', () => undefined);
  else socket.pause();
  return { socket, status: Number(first.toString('latin1', 9, 12)) };
}

test('as many event streams as may be are open at once; the next is told so, and has its place when another leaves', async () => {
  const clients = await Promise.all(
    Array.from({ length: 512 }, (_, at) => open(true, { localAddress: `127.0.0.${2 + (at >> 7)}` })),
  );
  expect(new Set(clients.map(({ status }) => status))).toEqual(new Set([200]));

  const refused = await fetch(`${server.address}/api/v1/events`);

  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('2');
  expect(await refused.json()).toMatchObject({ code: 'too_many', detail: expect.stringContaining('512') as string });
  clients[0]?.socket.destroy();
  await vi.waitFor(
    async () => {
      const { socket, status } = await open(true);
      socket.destroy();
      expect(status).toBe(200);
    },
    { timeout: PATIENCE_MS, interval: 50 },
  );
  for (const { socket } of clients) socket.destroy();
});

test('one client gets 128 event streams, and all behind one address 384, so that nobody takes the places of all others', async () => {
  const many = (length: number, forwardedFor: (at: number) => string) =>
    Promise.all(Array.from({ length }, (_, at) => open(true, { forwardedFor: forwardedFor(at) })));
  const greedy = await many(130, () => 'made up, 192.0.2.1');
  const count = (clients: readonly { readonly status: number }[], status: number) =>
    clients.filter((each) => each.status === status).length;
  expect([count(greedy, 200), count(greedy, 429)]).toEqual([128, 2]);

  // Whoever makes the header up is told the same a little later.
  const inventive = await many(260, (at) => `192.0.2.${at}`);
  expect([count(inventive, 200), count(inventive, 429)]).toEqual([256, 4]);

  const refused = await fetch(`${server.address}/api/v1/events`);
  expect(await refused.json()).toMatchObject({ code: 'too_many', detail: expect.stringContaining('384') as string });
  const elsewhere = await open(true, { localAddress: '127.0.0.9' });
  expect(elsewhere.status).toBe(200);
  for (const { socket } of [...greedy, ...inventive, elsewhere]) socket.destroy();
  await vi.waitFor(
    async () => {
      const { socket, status } = await open(true);
      socket.destroy();
      expect(status).toBe(200);
    },
    { timeout: PATIENCE_MS, interval: 50 },
  );
});

test('clients that take nothing are dropped before what waits for all of them is more than 64 MiB; one that reads misses nothing', async () => {
  const reading = await open(true);
  let received = 0;
  reading.socket.on('data', (chunk: Buffer) => (received += chunk.length));
  const lazy = await Promise.all(Array.from({ length: 40 }, () => open(false)));
  const payload = (await server.call('GET', 'instances/bot-alpha')).body;
  const event = { name: 'instance', payload: { ...payload, status_reason: 'x'.repeat(262_144) } } as BusEvent;
  const before = process.memoryUsage().external;
  let most = 0;

  for (let sent = 0; sent < 100; sent += 1) {
    server.running.context.bus.publish(event);
    const atLeast = (sent + 1) * 262_144;
    await vi.waitFor(() => expect(received).toBeGreaterThan(atLeast), { timeout: PATIENCE_MS, interval: 1 });
    most = Math.max(most, process.memoryUsage().external - before);
  }

  expect(reading.socket.destroyed).toBe(false);
  expect(server.lines.map(({ message }) => message)).toContain(
    'Event streams dropped: their clients left too much waiting',
  );
  expect(most).toBeLessThan(200 * 1024 * 1024);
  for (const { socket } of [reading, ...lazy]) socket.destroy();
});
