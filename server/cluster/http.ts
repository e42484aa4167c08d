import { Agent, ProxyAgent, type buildConnector, type Dispatcher } from 'undici';
import { createSemaphore } from '../lib/semaphore.ts';
import type { ApiListener } from './api-metrics.ts';
import type { ClusterConnection } from './connection.ts';
import { failureOf, isTransient, unreachable, type ApiFailure } from './errors.ts';
import { exchange } from './exchange.ts';
import { LoadControl } from './load-control.ts';
import { isSocks } from './proxy.ts';
import { backoffMs, pause, retryAfterMs } from './retry.ts';
import { socksConnector } from './socks.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'PATCH' | 'DELETE' | 'POST';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** The server's words may echo a Secret: keep them out of the failure. */
  readonly secret?: boolean;
  /** Sent once, and at once, whatever was refused before: a sign of life is worth nothing later. @default false */
  readonly isProbe?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** Texts of `Warning:` headers. */
  readonly warnings: readonly string[];
}

export type HttpResult =
  { readonly ok: true; readonly value: HttpAnswer } | { readonly ok: false; readonly failure: ApiFailure };

export type StreamResult =
  | { readonly ok: true; readonly body: Dispatcher.ResponseData['body'] }
  | { readonly ok: false; readonly failure: ApiFailure };

export interface HttpOptions {
  /** Most requests in flight; how many there are is found out from the answers, from 16 on. @default 64 */
  readonly concurrency?: number;
  /** For one try. The API server itself gives up after 34 s. @default 40_000 */
  readonly deadlineMs?: number;
  /** Tries of a request that failed in passing. @default 4 */
  readonly tries?: number;
  readonly random?: () => number;
  /** @default nobody listens */
  readonly listener?: ApiListener;
}

export interface ClusterHttp {
  /** Sends a request that is safe to send twice; tries again after a passing failure. Rejects only when aborted. */
  request(request: HttpRequest): Promise<HttpResult>;
  /** Opens a GET whose body has no end; the caller destroys it. One try, no deadline after the head. */
  stream(request: Pick<HttpRequest, 'path' | 'query' | 'signal'>): Promise<StreamResult>;
  /** Requests sent so far by verb, watches not included. */
  readonly sent: ReadonlyMap<string, number>;
  /** Cuts every connection, so that what follows uses new ones. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

const START = 16;
const STREAM_HEAD_MS = 15_000;

/**
 * The one HTTP layer to an API server: requests share an HTTP/2 connection behind our own semaphore (undici's queue
 * ignores AbortSignal), streams have HTTP/1.1 connections of their own (many of them on one HTTP/2 connection would
 * use up its streams).
 */
export function createHttp(connection: ClusterConnection, options: HttpOptions = {}): ClusterHttp {
  const { concurrency = 64, deadlineMs = 40_000, tries = 4, random = Math.random, listener } = options;
  const load = new LoadControl({ start: START, most: concurrency, random, now: () => performance.now() });
  const places = createSemaphore(() => load.limit);
  const sent = new Map<string, number>();
  const addressOf = addressesOn(connection.server);
  let agents = createAgents(connection, concurrency);
  let renewing: Promise<void> | undefined;

  const renew = (): Promise<void> =>
    (renewing ??= connection
      .renew()
      .then(() => {
        const old = agents;
        agents = createAgents(connection, concurrency);
        void old.requests.close();
        void old.streams.close();
      })
      .finally(() => (renewing = undefined)));

  const attempt = async (request: HttpRequest): Promise<Attempt> => {
    const { first } = agents;
    if (first !== undefined) await first;
    const tried = send(request);
    if (first === undefined) agents.first = tried.catch(() => undefined);
    return tried;
  };

  /** In its turn, and not before the server wants to be asked again. */
  const attemptInTurn = (request: HttpRequest): Promise<Attempt> =>
    places.run(async () => {
      for (let rest = load.restMs(); rest > 0; rest = load.restMs()) await pause(rest, request.signal);
      const { round } = load;
      const isFull = places.isFull();
      const sentAt = performance.now();
      const tried = await attempt(request);
      const { result, retryAfter } = tried;
      if (isRefusedForLoad(tried)) load.refused(round, retryAfter);
      else if (result.ok || result.failure.type !== 'unreachable') load.answered(performance.now() - sentAt, isFull);
      return tried;
    }, request.signal);

  const send = async (request: HttpRequest): Promise<Attempt> => {
    sent.set(request.method, (sent.get(request.method) ?? 0) + 1);
    try {
      const options = {
        ...addressOf(request),
        method: request.method,
        headers: await headersFor(connection, request.contentType),
        body: request.body ?? null,
      };
      const { status, headers, body } = await exchange(agents.requests, options, {
        signal: request.signal,
        deadlineMs,
      });
      const isGood = status >= 200 && status < 300;
      const failure = isGood ? undefined : failureOf(status, body, request.secret === true);
      listener?.attempted({ method: request.method, status, failure: failure?.type });
      if (failure === undefined) {
        return {
          result: { ok: true, value: { status, body, warnings: readWarnings(headers.warning) } },
          retryAfter: undefined,
        };
      }
      return { result: { ok: false, failure }, retryAfter: retryAfterMs(headers['retry-after']) };
    } catch (error) {
      request.signal?.throwIfAborted();
      listener?.attempted({ method: request.method, status: undefined, failure: 'unreachable' });
      return { result: { ok: false, failure: unreachable(error, connection.server) }, retryAfter: undefined };
    }
  };

  const request = async (wanted: HttpRequest): Promise<HttpResult> => {
    let renewed = false;
    for (let number = 0; ; number++) {
      const tried = await (wanted.isProbe === true ? attempt(wanted) : attemptInTurn(wanted));
      const { result, retryAfter } = tried;
      if (result.ok) return result;
      if (result.failure.type === 'unauthorized' && !renewed) {
        renewed = true;
        if (await settles(renew())) continue;
        return result;
      }
      if (wanted.isProbe === true || !isTransient(result.failure) || number + 1 >= tries) return result;
      // After a refusal for load everybody waits, this one among them.
      if (!isRefusedForLoad(tried)) await pause(retryAfter ?? backoffMs(number, random), wanted.signal);
    }
  };

  const openStream = async (wanted: Pick<HttpRequest, 'path' | 'query' | 'signal'>): Promise<StreamResult> => {
    const head = new AbortController();
    const timer = setTimeout(() => head.abort(new DOMException('no head', 'TimeoutError')), STREAM_HEAD_MS);
    try {
      const { statusCode, headers, body } = await agents.streams.request({
        ...addressOf(wanted),
        method: 'GET',
        headers: await headersFor(connection, undefined),
        signal: wanted.signal === undefined ? head.signal : AbortSignal.any([wanted.signal, head.signal]),
      });
      if (statusCode === 200) return { ok: true, body };
      const failure = failureOf(statusCode, await body.text(), false);
      const retryAfter = retryAfterMs(headers['retry-after']);
      const isTold = failure.type === 'throttled' && retryAfter !== undefined;
      return { ok: false, failure: isTold ? { ...failure, retryAfterMs: retryAfter } : failure };
    } catch (error) {
      wanted.signal?.throwIfAborted();
      return { ok: false, failure: unreachable(error, connection.server) };
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    sent,
    request,
    async stream(wanted) {
      const first = await openStream(wanted);
      if (first.ok || first.failure.type !== 'unauthorized' || !(await settles(renew()))) return first;
      return openStream(wanted);
    },
    async reset() {
      const old = agents;
      agents = createAgents(connection, concurrency);
      await Promise.all([old.requests.destroy(), old.streams.destroy()]);
    },
    async close() {
      await Promise.all([agents.requests.destroy(), agents.streams.destroy()]);
    },
  };
}

interface Attempt {
  readonly result: HttpResult;
  readonly retryAfter: number | undefined;
}

/** Flow control's 429, and a 503 that says when to come back. */
const isRefusedForLoad = ({ result, retryAfter }: Attempt): boolean =>
  !result.ok && (result.failure.type === 'throttled' || (result.failure.type === 'server' && retryAfter !== undefined));

interface Agents {
  readonly requests: Dispatcher;
  readonly streams: Dispatcher;
  /**
   * The first request, which goes alone: with its connection made, all others share it if it speaks HTTP/2, and spread
   * over connections of their own if it doesn't. Sent at once, each of them would open one.
   */
  first: Promise<unknown> | undefined;
}

function createAgents(connection: ClusterConnection, concurrency: number): Agents {
  const connect = { ...connection.tls, keepAlive: true, keepAliveInitialDelay: 30_000, timeout: 10_000 };
  const { proxy = null, server, hasHeaderLists = false } = connection;
  const shared = !hasHeaderLists;
  const open = { headersTimeout: 0, bodyTimeout: 0 };
  if (proxy !== null && !isSocks(proxy)) {
    const through = (allowH2: boolean): ProxyAgent.Options => {
      return { uri: proxy, requestTls: { ...connect, allowH2 }, allowH2, connectTimeout: 10_000, ...open };
    };
    return {
      requests: new ProxyAgent({ ...through(shared), connections: concurrency }),
      streams: new ProxyAgent({ ...through(false), pipelining: 0 }),
      first: undefined,
    };
  }
  const by = (allowH2: boolean): typeof connect | buildConnector.connector =>
    proxy === null ? connect : socksConnector(proxy, server, { ...connect, allowH2 });
  return {
    requests: new Agent({ allowH2: shared, connections: concurrency, connect: by(shared), ...open }),
    streams: new Agent({ allowH2: false, connect: by(false), pipelining: 0, ...open }),
    first: undefined,
  };
}

type Addressed = Pick<HttpRequest, 'path' | 'query'>;

/** Where a request goes on a server, whose URL may have a path of its own. */
function addressesOn(server: string): (request: Addressed) => { readonly origin: string; readonly path: string } {
  const { origin, pathname } = new URL(server);
  const base = pathname.replace(/\/$/, '');
  return ({ path, query = {} }) => {
    const search = Object.entries(query)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join('&');
    return { origin, path: `${base}${path}${search === '' ? '' : `?${search}`}` };
  };
}

async function headersFor(
  connection: ClusterConnection,
  contentType: string | undefined,
): Promise<Record<string, string | string[]>> {
  return {
    accept: 'application/json',
    'user-agent': 'claworc',
    ...(contentType !== undefined && { 'content-type': contentType }),
    ...(await connection.headers()),
  };
}

/** `299 - "would violate PodSecurity"` to its text. */
function readWarnings(header: string | string[] | undefined): readonly string[] {
  const lines = header === undefined ? [] : Array.isArray(header) ? header : [header];
  return lines.flatMap((line) =>
    [...line.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replaceAll(/\\(.)/g, '$1')),
  );
}

const settles = (promise: Promise<void>): Promise<boolean> =>
  promise.then(
    () => true,
    () => false,
  );
