import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApi, type ClusterApi } from '../../../server/cluster/api.ts';
import type { HttpOptions } from '../../../server/cluster/http.ts';

export interface ScriptedServer extends AsyncDisposable {
  readonly api: ClusterApi;
  /** Queries of the requests that came, in order. */
  readonly queries: URLSearchParams[];
}

/** A server that answers as a test says, word for word: for streams that a real one can't be made to send. */
export async function startScripted(
  answer: (query: URLSearchParams, response: ServerResponse, number: number, request: IncomingMessage) => void,
  options: HttpOptions = {},
): Promise<ScriptedServer> {
  const queries: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '/', 'http://scripted').searchParams;
    queries.push(query);
    answer(query, response, queries.length, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const connection = {
    context: 'scripted',
    server: `http://127.0.0.1:${port}`,
    namespace: null,
    tls: {},
    headers: async () => ({}),
    renew: async () => undefined,
  };
  const api = createApi(connection, options);
  return {
    api,
    queries,
    async [Symbol.asyncDispose]() {
      await api.http.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The head of a watch, then these events; it stays open. */
export function sendEvents(response: ServerResponse, ...events: readonly unknown[]): void {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  for (const event of events) response.write(`${JSON.stringify(event)}\n`);
}

/** A refusal, or a whole answer. */
export function sendJson(response: ServerResponse, code: number, body: unknown, headers = {}): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

export const configMap = (name: string, resourceVersion: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, uid: `uid-${name}`, resourceVersion },
});

export const added = (name: string, version: string) => ({ type: 'ADDED', object: configMap(name, version) });
export const deleted = (name: string, version: string) => ({ type: 'DELETED', object: configMap(name, version) });

export const bookmark = (resourceVersion: string, endsList = false) => ({
  type: 'BOOKMARK',
  object: {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { resourceVersion, ...(endsList && { annotations: { 'k8s.io/initial-events-end': 'true' } }) },
  },
});

export const list = (resourceVersion: string, ...names: readonly string[]) => ({
  kind: 'ConfigMapList',
  metadata: { resourceVersion },
  items: names.map((name) => configMap(name, resourceVersion)),
});

export const failed = (code: number, reason: string, message: string) => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  code,
  reason,
  message,
});
