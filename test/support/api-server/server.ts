import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ClusterConnection } from '../../../server/cluster/connection.ts';
import type { LiveObject } from '../../../server/cluster/live-object.ts';
import {
  EVENTS,
  MANAGED_RESOURCES,
  NAMESPACES,
  PODS,
  MUTATING_POLICIES,
  MUTATING_WEBHOOKS,
  STORAGE_CLASSES,
  type Resource,
} from '../../../server/cluster/resources.ts';
import { RECORDED_EVENTS } from '../../../server/cluster/recorded-events.ts';
import { notFound, status, type Answer } from './answers.ts';
import { Store, type StoreEvent } from './store.ts';

/** One request as it came. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly body: string;
}

/**
 * What becomes of a request: an answer of the fault's own; `cut`: the connection goes before anything was done; `lost`: it
 * goes before the answer; undefined lets it through.
 */
export type Fate = Answer | 'cut' | 'lost' | undefined;

/** Looked at before each request; a promise holds it up. */
export type Fault = (request: SeenRequest) => Fate | Promise<Fate>;

export interface MemoryApiServer extends AsyncDisposable {
  /** For `createApi`: plain HTTP on loopback. */
  readonly connection: ClusterConnection;
  readonly store: Store;
  fault: Fault;
  readonly seen: SeenRequest[];
  /** Ends every connection: requests that were not read whole are never done. Resolves when none of them is under way. */
  cutAll(): Promise<void>;
}

const RESOURCES: readonly Resource[] = [
  ...Object.values(MANAGED_RESOURCES),
  PODS,
  EVENTS,
  RECORDED_EVENTS,
  NAMESPACES,
  STORAGE_CLASSES,
  MUTATING_WEBHOOKS,
  MUTATING_POLICIES,
];

/**
 * An API server in memory for the kinds that Claworc writes and reads: server-side apply with ownership, preconditions,
 * finalizers, lists and watches, checked against the real one by the same tests (contract.ts). For tests in seconds, and
 * for faults that a real one can't be made to show.
 */
export async function startMemoryApiServer({ namespaces = ['kube-system', 'claworc'] } = {}): Promise<MemoryApiServer> {
  const store = new Store();
  for (const name of namespaces) {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    store.create({ resource: NAMESPACES, namespace: null, name }, namespace, { manager: 'setup', dryRun: false });
  }
  const state = { fault: (() => undefined) as Fault };
  const seen: SeenRequest[] = [];

  const server = createServer((request, response) => {
    void receive(request)
      .then(async (came) => {
        seen.push(came);
        const fate = await state.fault(came);
        if (fate === 'cut') response.destroy();
        else if (fate === 'lost') {
          answer(store, came);
          response.destroy();
        } else if (fate !== undefined) send(response, fate);
        else if (came.query.get('watch') === 'true') watch(store, came, response);
        else send(response, answer(store, came));
      })
      .catch((error: unknown) => send(response, status(400, 'BadRequest', String(error))));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    store,
    seen,
    get fault() {
      return state.fault;
    },
    set fault(fault) {
      state.fault = fault;
    },
    connection: {
      context: 'memory',
      server: `http://127.0.0.1:${port}`,
      namespace: null,
      tls: {},
      headers: async () => ({}),
      renew: async () => undefined,
    },
    async cutAll() {
      server.closeAllConnections();
      await new Promise((resolve) => setImmediate(resolve));
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function receive(request: IncomingMessage): Promise<SeenRequest> {
  const url = new URL(request.url ?? '/', 'http://memory');
  let body = '';
  request.setEncoding('utf8');
  for await (const chunk of request as AsyncIterable<string>) body += chunk;
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    contentType: request.headers['content-type'] ?? '',
    body,
  };
}

function send(response: ServerResponse, { code, body, headers }: Answer): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function answer(store: Store, { method, path, query, contentType, body }: SeenRequest): Answer {
  const place = locate(path);
  if (place === undefined) return status(404, 'NotFound', 'the server could not find the requested resource');
  const { resource, namespace } = place;
  const json = (): Record<string, unknown> => JSON.parse(body) as Record<string, unknown>;
  const write = { manager: query.get('fieldManager') ?? 'unknown', dryRun: query.get('dryRun') === 'All' };
  if (place.name === undefined) {
    if (method === 'POST') {
      const object = json();
      return store.create({ resource, namespace, name: (object.metadata as { name: string }).name }, object, write);
    }
    const items = store.in(resource, namespace).filter(selects(query));
    return {
      code: 200,
      body: { kind: `${resource.kind}List`, metadata: { resourceVersion: store.version }, items: items.map(untyped) },
    };
  }
  const target = { resource, namespace, name: place.name };
  switch (method) {
    case 'GET': {
      const found = store.find(target);
      return found === undefined ? notFound(resource.plural, target.name) : { code: 200, body: found };
    }
    case 'PATCH':
      return contentType === 'application/apply-patch+yaml'
        ? store.apply(target, json(), { ...write, force: query.get('force') === 'true' })
        : store.patch(target, json(), write);
    case 'DELETE':
      return store.remove(target, body === '' ? {} : json());
    default:
      return status(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
  }
}

function watch(store: Store, { path, query }: SeenRequest, response: ServerResponse): void {
  const place = locate(path);
  const isList = query.get('sendInitialEvents') === 'true';
  const after = isList ? Number(store.version) : Number(query.get('resourceVersion') ?? '0');
  const isSelected = selects(query);
  const tell = ({ type, object, version }: StoreEvent): void => {
    const isHere =
      object.kind === place?.resource.kind &&
      (place.namespace ?? object.metadata.namespace) === object.metadata.namespace;
    if (version > after && isHere && isSelected(object)) response.write(`${JSON.stringify({ type, object })}\n`);
  };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  if (isList && place !== undefined) {
    const version = Number(store.version);
    const there = store.in(place.resource, place.namespace).filter(isSelected);
    for (const object of there) response.write(`${JSON.stringify({ type: 'ADDED', object })}\n`);
    const { kind, apiVersion } = place.resource;
    const annotations = { 'k8s.io/initial-events-end': 'true' };
    const bookmark = { kind, apiVersion, metadata: { resourceVersion: String(version), annotations } };
    response.write(`${JSON.stringify({ type: 'BOOKMARK', object: bookmark })}\n`);
  }
  for (const event of store.events) tell(event);
  store.listeners.add(tell);
  const end = setTimeout(() => response.end(), Number(query.get('timeoutSeconds') ?? '300') * 1_000);
  response.on('close', () => {
    clearTimeout(end);
    store.listeners.delete(tell);
  });
}

interface Place {
  readonly resource: Resource;
  readonly namespace: string | null;
  readonly name: string | undefined;
}

function locate(path: string): Place | undefined {
  const parts = path.split('/').slice(1).map(decodeURIComponent);
  const rest = parts[0] === 'api' ? parts.slice(2) : parts.slice(3);
  const apiVersion = parts[0] === 'api' ? parts[1] : `${parts[1] ?? ''}/${parts[2] ?? ''}`;
  const isNamespaced = rest[0] === 'namespaces' && rest.length > 2;
  const [plural, name] = isNamespaced ? rest.slice(2) : rest;
  const resource = RESOURCES.find((known) => known.plural === plural && known.apiVersion === apiVersion);
  return resource && { resource, namespace: isNamespaced ? (rest[1] ?? null) : null, name };
}

function selects(query: URLSearchParams): (object: LiveObject) => boolean {
  const terms = (query.get('labelSelector') ?? '').split(',').filter((term) => term !== '');
  const name = /^metadata\.name=(.*)$/.exec(query.get('fieldSelector') ?? '')?.[1];
  return ({ metadata }) =>
    (name === undefined || metadata.name === name) &&
    terms.every((term) => {
      const [key = '', value] = term.split(/==?/);
      return value === undefined ? metadata.labels?.[key] !== undefined : metadata.labels?.[key] === value;
    });
}

/** Items of a list carry no kind of their own. */
const untyped = ({ apiVersion: _, kind: __, ...rest }: LiveObject): Readonly<Record<string, unknown>> => rest;
