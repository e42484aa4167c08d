import { expect, test, vi } from 'vitest';
import { systemClock } from '../../../server/lib/clock.ts';
import { ClaworcError } from '../../../server/lib/errors.ts';
import { silentLog, type Log } from '../../../server/lib/log.ts';
import { dialScreen } from '../../../server/vnc/direct-driver.ts';
import { createScreens, type ScreenLimits, type ViewRequest } from '../../../server/vnc/screens.ts';
import { readBytes, SERVER_INIT, startFakeScreen } from './fake-screen.ts';
import { connectTcp, listenForViewers, openViewer, shakeHands } from './loopback.ts';
import { PATIENCE_MS } from '../../support/patience.ts';

interface SetUp {
  readonly limits?: ScreenLimits;
  readonly log?: Log;
  readonly request?: Partial<ViewRequest>;
}

/** A server whose every viewer sees one fake screen. */
async function setUp({ limits = {}, log = silentLog, request = {} }: SetUp = {}) {
  const stack = new AsyncDisposableStack();
  const fake = stack.use(await startFakeScreen());
  const screens = createScreens({ log, clock: systemClock, limits });
  const open = vi.fn(() => dialScreen({ host: '127.0.0.1', port: fake.port }));
  const server = stack.use(
    await listenForViewers(
      (socket) =>
        void screens.connect(socket, { instance: 'bot-alpha', screen: 'chrome', mode: 'control', open, ...request }),
    ),
  );
  return { fake, screens, open, server, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test('a viewer gets the screen through, and its input reaches the screen', async () => {
  await using at = await setUp();
  const viewer = await openViewer(at.server.port);

  await shakeHands(viewer);

  expect(await viewer.read(SERVER_INIT.length)).toEqual(SERVER_INIT);
  viewer.socket.send(Buffer.from([4, 1, 0, 0, 0, 0, 0, 97]));
  await vi.waitFor(() => expect(at.fake.received().toString('hex')).toBe('010401000000000061'), {
    timeout: PATIENCE_MS,
  });
  expect(at.screens.viewers('bot-alpha', 'chrome')).toBe(1);
});

test('with mode view the key stays outside and the request for pixels passes', async () => {
  await using at = await setUp({ request: { mode: 'view' } });
  const viewer = await openViewer(at.server.port);
  await shakeHands(viewer);

  viewer.socket.send(Buffer.from([4, 1, 0, 0, 0, 0, 0, 97, 3, 0, 0, 0, 0, 0, 0, 1, 0, 1]));

  await vi.waitFor(() => expect(at.fake.received().toString('hex')).toBe('0103000000000000010001'), {
    timeout: PATIENCE_MS,
  });
});

test('the fifth viewer of a screen is closed with 4429 before anything is dialled, and a place that is left is free', async () => {
  await using at = await setUp();
  const viewers = await Promise.all([1, 2, 3, 4].map(() => openViewer(at.server.port)));
  await Promise.all(viewers.map(shakeHands));

  const fifth = await openViewer(at.server.port);

  expect(await fifth.closed).toMatchObject({ code: 4429 });
  expect(at.open).toHaveBeenCalledTimes(4);
  viewers[0]!.socket.close();
  await vi.waitFor(() => expect(at.screens.viewers('bot-alpha', 'chrome')).toBe(3), { timeout: PATIENCE_MS });
  await shakeHands(await openViewer(at.server.port));
});

test('the limit over all screens holds too', async () => {
  await using at = await setUp({ limits: { inAll: 1 } });
  await shakeHands(await openViewer(at.server.port));

  expect(await (await openViewer(at.server.port)).closed).toMatchObject({ code: 4429 });
});

test.each([
  [
    'no pod',
    () => Promise.reject(new ClaworcError('not_found', 'Pod bot-alpha-x is gone.')),
    4404,
    'Pod bot-alpha-x is gone.',
  ],
  ['a refused port', () => dialScreen({ host: '127.0.0.1', port: 1 }), 4502, 'ECONNREFUSED'],
])('%s is told with its code and reason', async (_, open, code, reason) => {
  await using at = await setUp({ request: { open } });

  const closed = await (await openViewer(at.server.port)).closed;

  expect(closed.code).toBe(code);
  expect(closed.reason).toContain(reason);
  expect(at.screens.viewers('bot-alpha', 'chrome')).toBe(0);
});

test('a screen that does not open is told by what is known of the bot: the kubelet says no more than refused', async () => {
  const why = () => 'No screen now: Image tag not found.';
  await using at = await setUp({ request: { open: () => dialScreen({ host: '127.0.0.1', port: 1 }), why } });
  expect(await (await openViewer(at.server.port)).closed).toMatchObject({ code: 4502, reason: why() });

  const gone = () => Promise.reject(new ClaworcError('not_found', 'Pod bot-alpha-x is gone.'));
  await using other = await setUp({ request: { open: gone, why } });
  expect((await (await openViewer(other.server.port)).closed).reason).toBe('Pod bot-alpha-x is gone.');
});

test('a viewer that leaves while the screen is dialled costs no failed handshake at the screen', async () => {
  const dial = Promise.withResolvers<undefined>();
  await using fake = await startFakeScreen();
  const open = async () => {
    await dial.promise;
    return dialScreen({ host: '127.0.0.1', port: fake.port });
  };
  await using at = await setUp({ request: { open } });
  const viewer = await openViewer(at.server.port);
  await vi.waitFor(() => expect(at.screens.viewers('bot-alpha', 'chrome')).toBe(1), { timeout: PATIENCE_MS });

  viewer.socket.terminate();
  dial.resolve(undefined);

  await vi.waitFor(() => expect(at.screens.viewers('bot-alpha', 'chrome')).toBe(0), { timeout: PATIENCE_MS });
  // Version and security type: all 13 bytes that TigerVNC waits for before it forgives.
  expect(fake.sockets[0]!.bytesRead).toBe(13);
});

test('what a viewer sends before the screen is open is not lost', async () => {
  const dial = Promise.withResolvers<undefined>();
  await using fake = await startFakeScreen();
  const open = async () => {
    await dial.promise;
    return dialScreen({ host: '127.0.0.1', port: fake.port });
  };
  await using at = await setUp({ request: { open } });
  const viewer = await openViewer(at.server.port);

  viewer.socket.send(Buffer.from('RFB 003.008\n\x01\x01'));
  dial.resolve(undefined);

  await viewer.read(12 + 2 + 4);
  expect(await viewer.read(SERVER_INIT.length)).toEqual(SERVER_INIT);
});

test('a stopped bot closes its viewers with 4404 and no others', async () => {
  await using at = await setUp();
  const viewer = await openViewer(at.server.port);
  await shakeHands(viewer);

  at.screens.closeInstance('bot-omega');
  expect(at.screens.viewers('bot-alpha', 'chrome')).toBe(1);
  at.screens.closeInstance('bot-alpha');

  expect(await viewer.closed).toMatchObject({ code: 4404 });
});

test('shutdown closes all with 1001, deaf ones too, and later viewers at once', async () => {
  await using at = await setUp();
  const viewers = await Promise.all([1, 2, 3].map(() => openViewer(at.server.port)));
  await Promise.all(viewers.map(shakeHands));
  viewers[2]!.socket.pause();

  const startedAt = performance.now();
  await at.screens.close();

  expect(performance.now() - startedAt).toBeLessThan(3_000);
  expect(await viewers[0]!.closed).toMatchObject({ code: 1001 });
  expect(await viewers[1]!.closed).toMatchObject({ code: 1001 });
  expect(await (await openViewer(at.server.port)).closed).toMatchObject({ code: 1001 });
});

test('a session is logged once with its size and code', async () => {
  const info = vi.fn();
  await using at = await setUp({ log: { ...silentLog, info } });
  const viewer = await openViewer(at.server.port);
  await shakeHands(viewer);
  await viewer.read(SERVER_INIT.length);

  viewer.socket.close();

  await vi.waitFor(() => expect(info).toHaveBeenCalledTimes(1), { timeout: PATIENCE_MS });
  expect(info).toHaveBeenCalledWith('screen closed', {
    instance: 'bot-alpha',
    screen: 'chrome',
    mode: 'control',
    seconds: 0,
    bytesToViewer: 12 + 2 + 4 + SERVER_INIT.length,
    bytesToScreen: 1,
    code: 1000,
  });
});

test('an upgrade that is no WebSocket handshake is answered with 400 and reported', async () => {
  const viewers = vi.fn();
  await using server = await listenForViewers(viewers);
  const socket = await connectTcp(server.port);

  socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');

  expect((await readBytes(socket, 12)).toString('latin1', 0, 12)).toBe('HTTP/1.1 400');
  expect(viewers).not.toHaveBeenCalled();
});
