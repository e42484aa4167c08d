import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { ClaworcError } from '../../../server/lib/errors.ts';
import { pumpScreen, type PumpOptions, type PumpResult } from '../../../server/vnc/pump.ts';
import { screenEnd } from '../../../server/vnc/screen-end.ts';
import { createViewerStream } from '../../../server/vnc/viewer-stream.ts';
import { connectTcp, listenForViewers, listenTcp, openViewer, type Viewer } from './loopback.ts';
import { PATIENCE_MS } from '../../support/patience.ts';

interface Joined extends AsyncDisposable {
  readonly viewer: Viewer;
  /** The server's end of the viewer's WebSocket. */
  readonly socket: WebSocket;
  /** Our end of the connection to the screen. */
  readonly screen: Socket;
  /** The screen's own end. */
  readonly bot: Socket;
  readonly result: Promise<PumpResult>;
}

async function join(options?: PumpOptions): Promise<Joined> {
  const stack = new AsyncDisposableStack();
  const bots = Promise.withResolvers<Socket>();
  const sockets = Promise.withResolvers<WebSocket>();
  const tcp = stack.use(await listenTcp(bots.resolve));
  const web = stack.use(await listenForViewers(sockets.resolve));
  const screen = await connectTcp(tcp.port);
  const viewer = await openViewer(web.port);
  const socket = await sockets.promise;
  const result = pumpScreen(socket, screen, options);
  stack.defer(() => viewer.socket.terminate());
  stack.defer(() => void screen.destroy());
  const bot = await bots.promise;
  return { viewer, socket, screen, bot, result, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test('bytes go both ways unchanged, in frames of at most 256 KiB', async () => {
  await using joined = await join();
  const { viewer, bot } = joined;
  const picture = Buffer.alloc(3_000_001, 'claworc screens ');
  const sizes: number[] = [];
  viewer.socket.on('message', (data: Buffer) => sizes.push(data.length));
  const typed: Buffer[] = [];
  bot.on('data', (chunk) => typed.push(chunk));

  bot.write(picture);
  viewer.socket.send(Buffer.alloc(900_000, 7));

  expect((await viewer.read(picture.length)).equals(picture)).toBe(true);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(256 * 1024);
  await vi.waitFor(() => expect(Buffer.concat(typed)).toEqual(Buffer.alloc(900_000, 7)), { timeout: PATIENCE_MS });
});

test('neither compression nor delay: no extension is negotiated and Nagle is off', async () => {
  await using joined = await join();

  expect(joined.socket.extensions).toBe('');
  expect(joined.viewer.socket.extensions).toBe('');
});

test('a viewer that stops reading stops the screen, and it goes on where it was', async () => {
  await using joined = await join();
  const { viewer, socket, screen, bot } = joined;
  const total = 256 * 1024 * 1024;
  const chunk = Buffer.alloc(1024 * 1024, 1);
  viewer.socket.pause();

  let written = 0;
  const flood = async (): Promise<void> => {
    for (; written < total; written += chunk.length) {
      if (!bot.write(chunk)) await once(bot, 'drain');
    }
  };
  const flooding = flood();
  await vi.waitFor(() => expect(screen.isPaused()).toBe(true), { timeout: PATIENCE_MS });
  const stalledAt = screen.bytesRead;

  expect(socket.bufferedAmount).toBeLessThan(512 * 1024);
  expect(stalledAt).toBeLessThan(total / 2);
  let seen = 0;
  viewer.socket.removeAllListeners('message');
  viewer.socket.on('message', (data: Buffer) => (seen += data.length));
  viewer.socket.resume();
  await flooding;
  await vi.waitFor(() => expect(seen).toBe(total), { timeout: PATIENCE_MS });
});

test('a screen that stops reading stops the viewer, and it goes on where it was', async () => {
  await using joined = await join();
  const { viewer, socket, screen, bot } = joined;
  const total = 64;
  const chunk = Buffer.alloc(1024 * 1024, 2);
  bot.pause();

  for (let sent = 0; sent < total; sent++) viewer.socket.send(chunk);

  await vi.waitFor(() => expect(socket.isPaused).toBe(true), { timeout: PATIENCE_MS });
  expect(screen.writableLength).toBeLessThan(4 * chunk.length);
  let seen = 0;
  bot.on('data', (data) => (seen += data.length));
  bot.resume();
  await vi.waitFor(() => expect(seen).toBe(total * chunk.length), { timeout: PATIENCE_MS });
});

test('a viewer that leaves closes the screen', async () => {
  await using joined = await join();
  const gone = once(joined.bot.resume(), 'close');

  joined.viewer.socket.close(1000);

  await gone;
  expect(await joined.result).toMatchObject({ end: { name: 'ended', code: 1000 } });
});

test('a viewer that breaks off closes the screen', async () => {
  await using joined = await join();
  const gone = once(joined.bot.resume(), 'close');

  joined.viewer.socket.terminate();

  await gone;
});

test('a screen that ends gives the viewer all that it sent and then 1011', async () => {
  await using joined = await join();

  joined.bot.end(Buffer.alloc(700_000, 3));

  expect(await joined.viewer.read(700_000)).toEqual(Buffer.alloc(700_000, 3));
  expect(await joined.viewer.closed).toEqual({ code: 1011, reason: 'The bot closed its side of the screen.' });
  expect(await joined.result).toMatchObject({ end: { name: 'lost' }, bytesToViewer: 700_000, bytesToScreen: 0 });
});

test('a screen that breaks gives 1011, with our words if the way there knows why', async () => {
  await using reset = await join();
  reset.bot.resetAndDestroy();
  expect(await reset.viewer.closed).toEqual({ code: 1011, reason: 'The bot closed its side of the screen.' });

  await using explained = await join();
  explained.screen.destroy(new ClaworcError('cluster_refused', 'The kubelet ended the port-forward.'));
  expect(await explained.viewer.closed).toEqual({ code: 1011, reason: 'The kubelet ended the port-forward.' });
});

test('a text message closes with 1003 and reaches no screen', async () => {
  await using joined = await join();

  joined.viewer.socket.send('hello');

  expect(await joined.viewer.closed).toMatchObject({ code: 1003 });
  expect(await joined.result).toMatchObject({ bytesToScreen: 0 });
});

test('a message of more than 1 MiB closes with 1009', async () => {
  await using joined = await join();

  joined.viewer.socket.send(Buffer.alloc(1024 * 1024 + 1));

  expect(await joined.viewer.closed).toMatchObject({ code: 1009 });
  expect(await joined.result).toMatchObject({ bytesToScreen: 0 });
});

test('a viewer that answers no ping is dropped, one that answers stays', async () => {
  await using silent = await join({ pingMs: 40 });
  await using alive = await join({ pingMs: 40 });
  const dropped = once(silent.bot.resume(), 'close');
  let pings = 0;
  alive.viewer.socket.on('ping', () => pings++);

  silent.viewer.socket.pause();

  await dropped;
  await vi.waitFor(() => expect(pings).toBeGreaterThan(5), { timeout: PATIENCE_MS });
  expect(alive.viewer.socket.readyState).toBe(alive.viewer.socket.OPEN);
});

test('it can be stopped from outside, with words', async () => {
  const stop = Promise.withResolvers<ReturnType<typeof screenEnd>>();
  await using joined = await join({ stopped: stop.promise });

  stop.resolve(screenEnd('restart'));

  expect(await joined.viewer.closed).toMatchObject({ code: 1001 });
  expect(await joined.result).toMatchObject({ end: { name: 'restart' } });
});

test('a viewer that does not shake hands in time is closed with 4400', async () => {
  await using joined = await join({ viewer: createViewerStream('view'), handshakeMs: 30 });

  expect((await joined.viewer.read(12)).toString()).toBe('RFB 003.008\n');
  expect(await joined.viewer.closed).toMatchObject({ code: 4400 });
});

test('a viewer that is gone already, or a screen that is, ends it at once', async () => {
  await using joined = await join();
  joined.viewer.socket.terminate();
  await joined.result;

  expect(await pumpScreen(joined.socket, joined.screen)).toMatchObject({ end: { name: 'ended' } });
});
