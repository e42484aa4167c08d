import { connect, type Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import { ProgramUnavailable } from '../control-plane/unavailable.ts';
import { findXterm, findXvnc } from './programs.ts';
import { startXvnc } from './xvnc.ts';
import { PATIENCE_MS } from './patience.ts';

test('Xvnc shows a terminal to any number of viewers without a password', async ({ skip }) => {
  try {
    await findXvnc(console.error);
    await findXterm(console.error);
  } catch (error) {
    if (error instanceof ProgramUnavailable && process.env.CI !== 'true') return skip(error.message);
    throw error;
  }
  await using screen = await startXvnc({ geometry: '640x480', terminal: { command: ['cat'], background: '#2a6f97' } });

  const first = await openViewer(screen.port);
  const second = await openViewer(screen.port);

  expect([first.size, second.size]).toEqual(['640x480', '640x480']);
  await vi.waitFor(async () => expect(await first.pixel(630, 460)).toBe('2a6f97'), {
    timeout: PATIENCE_MS,
    interval: 200,
  });
});

/** The least of an RFB client: no password, raw pixels, one at a time. */
async function openViewer(port: number) {
  const socket = connect(port, '127.0.0.1');
  const read = createReader(socket);
  await read(12);
  socket.write('RFB 003.008\n');
  const [types = 0] = await read(1);
  await read(types);
  socket.write(Buffer.of(1));
  await read(4);
  socket.write(Buffer.of(1));
  const start = await read(24);
  await read(start.readUInt32BE(20));

  const pixel = async (x: number, y: number): Promise<string> => {
    const request = Buffer.of(3, 0, 0, 0, 0, 0, 0, 1, 0, 1);
    request.writeUInt16BE(x, 2);
    request.writeUInt16BE(y, 4);
    socket.write(request);
    const answer = await read(4 + 12 + 4);
    return answer.readUInt32LE(16).toString(16).padStart(6, '0');
  };
  return { size: `${start.readUInt16BE(0)}x${start.readUInt16BE(2)}`, pixel };
}

function createReader(socket: Socket): (length: number) => Promise<Buffer> {
  const chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let buffer = Buffer.alloc(0);
  return async (length) => {
    while (buffer.length < length) {
      const chunk = await chunks.next();
      if (chunk.done === true) throw new Error('the server closed the connection');
      buffer = Buffer.concat([buffer, chunk.value]);
    }
    const bytes = buffer.subarray(0, length);
    buffer = buffer.subarray(length);
    return bytes;
  };
}
