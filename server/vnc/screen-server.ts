import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';

/** Input is small; a pasted text is the largest message. */
const MAX_MESSAGE = 1024 * 1024;

/** Takes over an HTTP connection that asked for a WebSocket. Whether it may is for the caller to have checked. */
export type AcceptViewer = (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<WebSocket>;

/** Without compression: screens send images, which cost twelve times the CPU and get no smaller. */
export function createViewerAcceptor(): AcceptViewer {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE,
  });
  return (request, socket, head) =>
    new Promise((resolve, reject) => {
      // A handshake that is not one: `ws` has answered it with 400.
      socket.once('close', () => reject(new Error('The connection closed before it was a WebSocket.')));
      server.handleUpgrade(request, socket, head, resolve);
    });
}
