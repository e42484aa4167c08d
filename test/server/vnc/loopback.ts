import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { createViewerAcceptor } from '../../../server/vnc/screen-server.ts';

export interface Listening extends AsyncDisposable {
  readonly port: number;
}

/** A TCP server on 127.0.0.1 that hands out its sockets. */
export async function listenTcp(onSocket: (socket: Socket) => void): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
    },
  };
}

/** An HTTP server on 127.0.0.1 whose every upgrade becomes a viewer, as the real one does it. */
export async function listenForViewers(onViewer: (viewer: WebSocket) => void): Promise<Listening> {
  const accept = createViewerAcceptor();
  const server = createHttpServer();
  const sockets = new Set<object & { destroy(): void }>();
  server.on('upgrade', (request, socket, head) => {
    sockets.add(socket);
    void accept(request, socket, head).then(onViewer, () => undefined);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
    },
  };
}

export async function connectTcp(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

export interface Viewer {
  readonly socket: WebSocket;
  /** Resolves with exactly `size` bytes, in order. */
  read(size: number): Promise<Buffer>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** A browser's WebSocket as far as screens go. */
export async function openViewer(port: number): Promise<Viewer> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: false });
  let received = Buffer.alloc(0);
  let wake: () => void = () => undefined;
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => {
      resolve({ code, reason: reason.toString() });
      wake();
    });
  });
  socket.on('error', () => undefined);
  socket.on('message', (data) => {
    received = Buffer.concat([received, data as Buffer]);
    wake();
  });
  await once(socket, 'open');
  const read = async (size: number): Promise<Buffer> => {
    while (received.length < size) {
      if (socket.readyState === socket.CLOSED) throw new Error(`closed after ${received.length} of ${size} bytes`);
      await new Promise<void>((resolve) => (wake = resolve));
    }
    const bytes = received.subarray(0, size);
    received = received.subarray(size);
    return bytes;
  };
  return { socket, read, closed };
}

/** Goes through the viewer's half of the RFB handshake; what follows is the screen's ServerInit. */
export async function shakeHands(viewer: Viewer): Promise<void> {
  const version = await viewer.read(12);
  viewer.socket.send(version);
  const security = await viewer.read(2);
  if (!security.equals(Buffer.from([1, 1]))) throw new Error(`security types ${security.toString('hex')}`);
  viewer.socket.send(Buffer.from([1]));
  const result = await viewer.read(4);
  if (result.readUInt32BE(0) !== 0) throw new Error('the handshake was refused');
  viewer.socket.send(Buffer.from([0]));
}
