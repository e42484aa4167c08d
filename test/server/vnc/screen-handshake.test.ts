import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { finishScreenHandshake } from '../../../server/vnc/screen-handshake.ts';
import { readBytes } from './fake-screen.ts';
import { connectTcp, listenTcp } from './loopback.ts';

async function shake(serve: (socket: Socket) => unknown, timeoutMs = 5_000) {
  await using server = await listenTcp((socket) => void serve(socket));
  const screen = await connectTcp(server.port);
  const outcome = await finishScreenHandshake(screen, timeoutMs).then(
    () => 'done',
    (error: unknown) => error,
  );
  return { outcome, screen };
}

const reason = (text: string): Buffer => Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)]);

test('it takes None among other types and leaves what follows in the stream', async () => {
  const { outcome, screen } = await shake(async (socket) => {
    socket.write('RFB 003.008\n');
    expect((await readBytes(socket, 12)).toString()).toBe('RFB 003.008\n');
    socket.write(Buffer.from([3, 2, 1, 16]));
    expect(await readBytes(socket, 1)).toEqual(Buffer.from([1]));
    socket.write(Buffer.concat([Buffer.alloc(4), Buffer.from('more')]));
  });

  expect(outcome).toBe('done');
  expect(screen.read()).toEqual(Buffer.from('more'));
});

test('one byte at a time is fine', async () => {
  const { outcome } = await shake(async (socket) => {
    socket.setNoDelay();
    for (const byte of Buffer.from('RFB 003.008\n\x01\x01\0\0\0\0', 'latin1')) {
      socket.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
  });

  expect(outcome).toBe('done');
});

test.each([
  ['what is no VNC', (socket: Socket) => socket.write('HTTP/1.1 400 Bad'), /does not speak VNC/],
  ['an older version', (socket: Socket) => socket.write('RFB 003.003\n\0\0\0\x01'), /speaks RFB 3\.3; 3\.8 is needed/],
  [
    'the ban of an address',
    (socket: Socket) => socket.write(Buffer.concat([Buffer.from('RFB 003.003\n\0\0\0\0'), reason('Too many tries')])),
    /refuses: Too many tries/,
  ],
  ['a password', (socket: Socket) => socket.write('RFB 003.008\n\x01\x02'), /password/],
  [
    'a refusal',
    (socket: Socket) =>
      socket.write(Buffer.concat([Buffer.from('RFB 003.008\n\0'), reason('Too many security failures')])),
    /refuses: Too many security failures/,
  ],
  [
    'a refusal at the end',
    (socket: Socket) =>
      socket.write(Buffer.concat([Buffer.from('RFB 003.008\n\x01\x01\0\0\0\x01'), reason('Not\x1b[31m you')])),
    /refuses: Not \[31m you/,
  ],
  ['nothing', (socket: Socket) => socket.end(), /closed the connection/],
  ['half a greeting', (socket: Socket) => socket.end('RFB 003'), /closed the connection/],
])('%s is told in words, and the stream is gone', async (_, serve, message) => {
  const { outcome, screen } = await shake(serve);

  expect(outcome).toMatchObject({ name: 'ScreenRefused', message: expect.stringMatching(message) as string });
  expect(screen.destroyed).toBe(true);
});

test('silence ends after the time limit', async () => {
  const { outcome, screen } = await shake(() => undefined, 50);

  expect(outcome).toMatchObject({ name: 'ScreenTimeout' });
  expect(screen.destroyed).toBe(true);
});

test('a reset in the middle is an error and not a crash', async () => {
  const { outcome } = await shake(async (socket) => {
    socket.write('RFB 003.008\n');
    await once(socket, 'readable');
    socket.resetAndDestroy();
  });

  expect(outcome).toBeInstanceOf(Error);
});
