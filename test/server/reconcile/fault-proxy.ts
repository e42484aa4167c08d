import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import type { ClusterConnection } from '../../../server/cluster/connection.ts';

/** Answers a request itself, or returns false to let it through, at once or once a promise has become false. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

export interface FaultProxy extends AsyncDisposable {
  readonly connection: ClusterConnection;
  /** Looked at for each request; replace it to stop or change the fault. */
  fault: Fault;
  /** Cuts every watch that is open, in the middle. */
  cutWatches(): number;
  /** `GET /path` of every request that came. */
  readonly seen: string[];
}

/** Plain HTTP on loopback in front of a real API server, for faults that the real one can't be made to show. */
export async function startFaultProxy(target: { server: string; caFile: string; token: string }): Promise<FaultProxy> {
  const { hostname, port } = new URL(target.server);
  const ca = readFileSync(target.caFile);
  const watches = new Set<ServerResponse>();
  const seen: string[] = [];
  const proxy = { fault: (() => false) as Fault };

  const pass = (request: IncomingMessage, response: ServerResponse): void => {
    const send = target.server.startsWith('https') ? httpsRequest : httpRequest;
    const headers = { ...request.headers, host: `${hostname}:${port}`, authorization: `Bearer ${target.token}` };
    const { method, url: path } = request;
    const options = { hostname, port, ca, headers, ...(method && { method }), ...(path && { path }) };
    const upstream = send(options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      if (path?.includes('watch=true')) {
        watches.add(response);
        response.on('close', () => watches.delete(response));
        // A watch without events must show its head at once.
        response.flushHeaders();
      }
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    upstream.on('error', () => response.destroy());
    response.on('close', () => upstream.destroy());
    request.pipe(upstream);
  };
  const server = createServer((request, response) => {
    seen.push(`${request.method ?? ''} ${request.url ?? ''}`);
    const isAnswered = proxy.fault(request, response);
    if (isAnswered === false) pass(request, response);
    else if (isAnswered !== true) {
      void isAnswered.then((answered) => {
        if (!answered && !response.destroyed) pass(request, response);
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;

  return {
    get fault() {
      return proxy.fault;
    },
    set fault(fault: Fault) {
      proxy.fault = fault;
    },
    seen,
    connection: {
      context: 'fault-proxy',
      server: `http://127.0.0.1:${own}`,
      namespace: null,
      tls: {},
      headers: async () => ({}),
      renew: async () => undefined,
    },
    cutWatches() {
      const open = [...watches];
      for (const response of open) response.destroy();
      return open.length;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An answer as the API server gives it. */
export function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): true {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': typeof body === 'string' ? 'text/plain' : 'application/json',
    ...headers,
  });
  response.end(text);
  return true;
}
