import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { ClaworcError } from '../lib/errors.ts';
import type { App } from './app-type.ts';
import { answerBrokenRequest, REQUEST_TIMEOUT_MS } from './broken-request.ts';

export type Answerer = (request: IncomingMessage, response: ServerResponse) => void;

/** The address of this process, and who answers there. */
export interface FrontDoor {
  /** `http://127.0.0.1:8080` */
  readonly address: string;
  readonly port: number;
  readonly server: Server;
  /** From now on `app` answers; it has to be ready. */
  handOver(app: App): void;
  /** Takes no new connection, and waits for the answers that are under way. */
  close(): Promise<void>;
}

/** How long a connection without a request stays open, in milliseconds. */
const KEEP_ALIVE_MS = 72_000;

/**
 * Listens before there is anything to serve: a first start may read a large repository for minutes, and whoever waits
 * for it wants to see how far it is. Throws `usage` for an address that can't be had.
 */
export async function openFrontDoor(host: string, port: number, answer: Answerer): Promise<FrontDoor> {
  let app: App | undefined;
  let isClosing = false;
  const take: Answerer = (request, response) => {
    if (isClosing) response.setHeader('connection', 'close');
    response.once('close', () => isClosing && setImmediate(closeIdle));
    if (app === undefined) answer(request, response);
    else app.server.emit('request', request, response);
  };
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (app === undefined) socket.destroy();
    else app.server.emit('upgrade', request, socket, head);
  };
  const make = (): Server =>
    createServer(
      { requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS, shouldUpgradeCallback: isWebSocket },
      take,
    )
      .on('upgrade', upgrade)
      // An expectation that is not known may be left unmet (RFC 9110 10.1.1); Node would refuse it before the gate.
      .on('checkExpectation', take)
      .on('clientError', answerBrokenRequest);

  const server = await listen(make(), host, port);
  const bound = (server.address() as AddressInfo).port;
  const servers = [server, ...(host === 'localhost' ? await listenOnOther(make, server, bound) : [])];
  const closeIdle = (): void => servers.forEach((each) => each.closeIdleConnections());
  return {
    address: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    server,
    handOver: (ready) => {
      app = ready;
    },
    close: async () => {
      isClosing = true;
      await Promise.all(
        servers.map(async (each) => {
          each.close();
          each.closeIdleConnections();
          await once(each, 'close');
        }),
      );
    },
  };
}

/** Clients that would like HTTP/2 (h2c) ask for it with an ordinary request, which is answered as one. */
function isWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.trim().toLowerCase() === 'websocket';
}

async function listen(server: Server, host: string, port: number): Promise<Server> {
  server.listen({ host, port });
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    throw listenError(error, host, port);
  }
}

/** `localhost` is two addresses on most machines, and browsers may try either. */
async function listenOnOther(make: () => Server, first: Server, port: number): Promise<readonly Server[]> {
  const { family } = first.address() as AddressInfo;
  const other = family === 'IPv6' ? '127.0.0.1' : '::1';
  try {
    return [await listen(make(), other, port)];
  } catch {
    return [];
  }
}

export function listenError(thrown: unknown, host: string, port: number): Error {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new ClaworcError('usage', `Port ${port} on ${host} is taken: choose another with --port.`, { cause: error });
  }
  if (code === 'EACCES') {
    return new ClaworcError('usage', `Port ${port} may not be used by this user: choose one above 1023.`, {
      cause: error,
    });
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new ClaworcError('usage', `${host} is no address of this machine.`, { cause: error });
  }
  return error;
}
