import { Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { WebSocket } from 'ws';
import { ClaworcError } from '../lib/errors.ts';
import type { ClusterConnection } from './connection.ts';
import { clusterError, failureOf, unreachable, type ApiFailure } from './errors.ts';
import { createPortForwardStream } from './port-forward-stream.ts';
import { hostOf, isSocks } from './proxy.ts';
import { pathOf, PODS } from './resources.ts';
import { connectBySocks } from './socks.ts';

export interface PortForwardTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
  /** @default 5_000 */
  readonly timeoutMs?: number;
  /** @default 20_000 */
  readonly pingMs?: number;
}

/**
 * The multiplexed protocol of the kubelet: one byte of channel number before each message. Port-forward over a plain
 * WebSocket has no later one (v5 is for exec and attach, KEP-4006).
 */
const PROTOCOL = 'v4.channel.k8s.io';
const MAX_MESSAGE = 32 * 1024 * 1024;
const MAX_REFUSAL = 64 * 1024;

/**
 * A connection to a port of a pod through the API server, which also reaches ports bound to the pod's loopback. What
 * the kubelet says when it can't connect comes later, as the stream's error.
 * Rejects with `not_found`, `forbidden` (naming the verbs that are missing), `cluster_refused` or `cluster_unreachable`.
 */
export async function openPortForward(connection: ClusterConnection, target: PortForwardTarget): Promise<Duplex> {
  const first = await tryOpen(connection, target);
  if (first.ok) return first.stream;
  if (first.failure.type !== 'unauthorized') throw errorOf(first.failure, target);
  await connection.renew();
  const second = await tryOpen(connection, target);
  if (second.ok) return second.stream;
  throw errorOf(second.failure, target);
}

type Opened = { readonly ok: true; readonly stream: Duplex } | { readonly ok: false; readonly failure: ApiFailure };

async function tryOpen(connection: ClusterConnection, target: PortForwardTarget): Promise<Opened> {
  const { timeoutMs = 5_000, pingMs = 20_000 } = target;
  const { promise, resolve } = Promise.withResolvers<Opened>();
  const url = urlOf(connection.server, target);
  const headers = { ...(await connection.headers()) };
  let way: Way;
  try {
    way = await wayTo(url, connection, timeoutMs);
  } catch (error) {
    return { ok: false, failure: unreachable(error, connection.server) };
  }
  const socket = new WebSocket(url, PROTOCOL, {
    ...connection.tls,
    ...way,
    headers,
    handshakeTimeout: timeoutMs,
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: false,
    followRedirects: false,
  });
  socket.once('open', () => resolve({ ok: true, stream: createPortForwardStream(socket, subjectOf(target), pingMs) }));
  socket.once('unexpected-response', (_request, response) => {
    void readText(response).then((text) => {
      resolve({ ok: false, failure: failureOf(response.statusCode ?? 0, text, false) });
      socket.terminate();
    });
  });
  socket.on('error', (error) => {
    // The API server answers only when the node of the pod has: which of the two is silent can't be told from here.
    const isSilent = error.message === 'Opening handshake has timed out';
    const message = `neither ${connection.server} nor the node of the pod behind it answered within ${timeoutMs / 1000} s`;
    const failure: ApiFailure = isSilent ? { type: 'unreachable', message } : unreachable(error, connection.server);
    resolve({ ok: false, failure });
  });
  return promise;
}

interface Way {
  readonly agent?: HttpAgent;
  readonly createConnection?: () => Socket;
}

/** The way through a proxy, as `ws` takes no dispatcher: Node's own for HTTP, a tunnel that is there already for SOCKS. */
async function wayTo(url: URL, { server, proxy = null, tls }: ClusterConnection, timeoutMs: number): Promise<Way> {
  if (proxy === null) return {};
  if (isSocks(proxy)) {
    const tunnel = await connectBySocks(proxy, url, timeoutMs);
    if (url.protocol === 'ws:') return { createConnection: () => tunnel };
    const host = hostOf(url.hostname);
    const name = isIP(host) === 0 ? { servername: host } : {};
    return { createConnection: () => connectTls({ host, ...name, ...tls, socket: tunnel }) };
  }
  const proxyEnv = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy };
  const agent = server.startsWith('http:') ? new HttpAgent({ proxyEnv }) : new HttpsAgent({ ...tls, proxyEnv });
  return { agent };
}

function urlOf(server: string, { namespace, pod, port }: PortForwardTarget): URL {
  const url = new URL(server);
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
  url.pathname = `${url.pathname.replace(/\/$/, '')}${pathOf(PODS, namespace, pod)}/portforward`;
  url.searchParams.set('ports', String(port));
  return url;
}

async function readText(response: IncomingMessage): Promise<string> {
  let text = '';
  try {
    response.setEncoding('utf8');
    for await (const chunk of response as AsyncIterable<string>) {
      text += chunk;
      if (text.length > MAX_REFUSAL) break;
    }
  } catch {
    // The status alone has to do.
  }
  return text;
}

function subjectOf({ namespace, pod, port }: PortForwardTarget): string {
  return `Pod/${namespace}/${pod}:${port}`;
}

function errorOf(failure: ApiFailure, target: PortForwardTarget): ClaworcError {
  const subject = subjectOf(target);
  if (failure.type === 'not_found') {
    return new ClaworcError('not_found', `The pod ${target.pod} is gone.`, { subject, retryable: true });
  }
  if (failure.type !== 'forbidden') return clusterError(failure, subject);
  const wanted = missingVerb(failure.message);
  return new ClaworcError(
    'forbidden',
    `Claworc lacks the right to ${wanted} pods/portforward in ${target.namespace}.`,
    {
      subject,
      cause: failure.message,
    },
  );
}

/**
 * `User "x" cannot get resource "pods/portforward" ...` for the verb of the request itself. Kubernetes 1.35 and later
 * then ask for `create` too, and a refusal of that gives no reason at all.
 */
function missingVerb(message: string): string {
  const verb = /cannot (\w+) resource "pods\/portforward"/.exec(message)?.[1];
  return verb ?? (/is forbidden:\s*$/.test(message) ? 'create' : 'get and create');
}
