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
async function open(isReading: boolean): Promise<{ readonly socket: Socket; readonly status: number }> {
  const socket = connect(Number(new URL(server.address).port), '127.0.0.1').on('error', () => undefined);
  socket.write(`GET /api/v1/events HTTP/1.1\r\nHost: ${new URL(server.address).host}\r\n\r\n`);
  const [first] = (await once(socket, 'data')) as [Buffer];
  if (isReading) socket.on('data', () => undefined);
  else socket.pause();
  return { socket, status: Number(first.toString('latin1', 9, 12)) };
}

test('as many event streams as may be are open at once; the next is told so, and has its place when another leaves', async () => {
  const clients = await Promise.all(Array.from({ length: 512 }, () => open(true)));
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
