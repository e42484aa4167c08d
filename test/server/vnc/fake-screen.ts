import { once } from 'node:events';
import type { Socket } from 'node:net';
import { listenTcp, type Listening } from './loopback.ts';

export interface FakeScreen extends Listening {
  /** Bytes that came after the handshake, ClientInit first. */
  received(): Buffer;
  readonly sockets: readonly Socket[];
}

export const SERVER_INIT = Buffer.concat([
  Buffer.from([0, 4, 0, 3]),
  Buffer.from([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0]),
  Buffer.from([0, 0, 0, 1]),
  Buffer.from('x'),
]);

/** A screen that shakes hands as TigerVNC does and then only listens; for what the real one can't be made to show. */
export async function startFakeScreen(): Promise<FakeScreen> {
  const sockets: Socket[] = [];
  const chunks: Buffer[] = [];
  const serve = async (socket: Socket): Promise<void> => {
    socket.write('RFB 003.008\n');
    await readBytes(socket, 12);
    socket.write(Buffer.from([1, 1]));
    await readBytes(socket, 1);
    socket.write(Buffer.from([0, 0, 0, 0]));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.once('data', () => socket.write(SERVER_INIT));
  };
  const listening = await listenTcp((socket) => {
    sockets.push(socket);
    void serve(socket).catch(() => undefined);
  });
  return { ...listening, sockets, received: () => Buffer.concat(chunks) };
}

/** The next bytes of a socket that nobody else reads; meant for messages that come alone. */
export async function readBytes(socket: Socket, size: number): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  while (bytes.length < size) {
    const chunk = socket.read() as Buffer | null;
    if (chunk) bytes = Buffer.concat([bytes, chunk]);
    else await once(socket, 'readable');
  }
  return bytes;
}
