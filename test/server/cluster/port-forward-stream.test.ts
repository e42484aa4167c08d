import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createPortForwardStream } from '../../../server/cluster/port-forward-stream.ts';
import { PATIENCE_MS } from '../../support/patience.ts';

/** The kubelet's end of the protocol, for what KWOK's can't be made to do. */
async function setUp(pingMs = 20_000) {
  const server = createServer();
  const kubelets = Promise.withResolvers<WebSocket>();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', kubelets.resolve);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await once(socket, 'open');
  const kubelet = await kubelets.promise;
  const stream = createPortForwardStream(socket, 'Pod/claworc/bot:5901', pingMs);
  const say = (channel: number, text: string | Buffer): void =>
    kubelet.send(Buffer.concat([Buffer.of(channel), Buffer.from(text)]));
  say(0, Buffer.of(0x0d, 0x17));
  say(1, Buffer.of(0x0d, 0x17));
  const dispose = async (): Promise<void> => {
    kubelet.terminate();
    stream.on('error', () => undefined).destroy();
    await once(server.close(), 'close');
  };
  return { kubelet, socket, stream, say, [Symbol.asyncDispose]: dispose };
}

async function readAll(stream: Duplex): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += (chunk as Buffer).toString();
  return text;
}

test('the ports in front of the channels are no data, and the pod closing ends it', async () => {
  await using at = await setUp();

  at.say(0, 'RFB ');
  at.say(0, '003.008\n');
  at.kubelet.close(1000);

  expect(await readAll(at.stream)).toBe('RFB 003.008\n');
});

test.each([
  [
    'error forwarding port 5901 to pod 3f2a, uid : exit status 1: 2026/11/22 socat: E connect(5, AF=2): Connection refused',
    "The kubelet can't reach the port: Connection refused.",
  ],
  ['something\nnew', "The kubelet can't reach the port: something new."],
])('what the kubelet says is the error: %s', async (text, message) => {
  await using at = await setUp();
  const failed = once(at.stream.resume(), 'error');

  at.say(1, text);

  expect(await failed).toMatchObject([{ code: 'cluster_refused', subject: 'Pod/claworc/bot:5901', message }]);
  expect(at.stream.destroyed).toBe(true);
});

test('a connection that breaks is an error, and not an end', async () => {
  await using at = await setUp();
  const failed = once(at.stream.resume(), 'error');

  at.kubelet.terminate();

  expect(await failed).toMatchObject([{ message: 'The connection to the API server broke.' }]);
});

test('an API server that answers no ping is given up, one that does is kept', async () => {
  await using silent = await setUp(40);
  await using alive = await setUp(40);
  const failed = once(silent.stream.resume(), 'error');
  const pings = vi.fn();
  alive.kubelet.on('ping', pings);

  silent.kubelet.pause();

  expect(await failed).toMatchObject([{ message: 'The connection to the API server broke.' }]);
  await vi.waitFor(() => expect(pings.mock.calls.length).toBeGreaterThan(5), { timeout: PATIENCE_MS });
  expect(alive.stream.destroyed).toBe(false);
});

test('a writer waits for the API server', async () => {
  await using at = await setUp();
  at.kubelet.pause();
  const chunk = Buffer.alloc(1024 * 1024);

  for (let sent = 0; sent < 64; sent++) at.stream.write(chunk);

  await vi.waitFor(() => expect(at.stream.writableNeedDrain).toBe(true), { timeout: PATIENCE_MS });
  expect(at.socket.bufferedAmount).toBeLessThan(4 * chunk.length);
  let seen = 0;
  at.kubelet.on('message', (data: Buffer) => (seen += data.length - 1));
  at.kubelet.resume();
  await vi.waitFor(() => expect(seen).toBe(64 * chunk.length), { timeout: PATIENCE_MS });
});

test('destroying it closes the WebSocket, even if the API server does not answer', async () => {
  await using at = await setUp();
  at.kubelet.pause();
  const closed = once(at.socket, 'close');

  at.stream.destroy();

  await closed;
});
