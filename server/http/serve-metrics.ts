import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { METRICS_TYPE } from '../lib/metrics/metrics-text.ts';
import type { Metrics } from '../lib/metrics/metrics.ts';
import { doorsOf } from './doors.ts';
import { listenError } from './front-door.ts';
import { decideOn } from './gate-hook.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

export interface ServedMetrics {
  /** `http://127.0.0.1:9464/metrics`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Answers `/metrics` and nothing else, for a process that has no other page. Throws `usage` for an address that can't be had. */
export async function serveMetrics(metrics: Metrics, host: string, port: number): Promise<ServedMetrics> {
  const server = createServer((request, response) => {
    const target = request.url ?? '/';
    const bound = (server.address() as AddressInfo | null)?.port ?? port;
    const decision = decideOn(request, target, false, doorsOf(host, bound, undefined));
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const send = (status: number, type: string, body: string): void => {
      response.writeHead(status, { ...SECURITY_HEADERS, 'cache-control': 'no-store', 'content-type': type });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    if (!decision.allowed) send(decision.status, 'text/plain; charset=utf-8', `Refused: ${decision.reason}.\n`);
    else if (target !== '/metrics' || !isRead) send(404, 'text/plain; charset=utf-8', 'Only /metrics is here.\n');
    else void metrics.text().then((text) => send(200, METRICS_TYPE, text));
  });
  server.listen({ host, port });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw listenError(error, host, port);
  }
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}/metrics`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
