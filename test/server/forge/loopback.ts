import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export interface Asked {
  readonly method: string;
  /** Below the API's address, decoded where the path is. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Told {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the server does instead of answering; `hang` holds the answer back until the other side goes away. */
type Fault = Told | 'hang' | 'cut' | { readonly raw: string };

interface Injected {
  readonly when: (asked: Asked) => boolean;
  readonly fault: Fault | ((asked: Asked) => Fault);
  times: number;
}

export interface Loopback {
  readonly url: string;
  readonly asked: Asked[];
  /** The next `times` requests that match meet the fault. */
  inject(fault: Injected['fault'], options?: { when?: Injected['when']; times?: number }): void;
}

/** A forge on loopback: `answer` is what it does, and it can be made to do what a real one can't be made to show. */
export async function startLoopback(prefix: string, answer: (asked: Asked, url: string) => Told): Promise<Loopback> {
  const asked: Asked[] = [];
  const injected: Injected[] = [];
  let url = '';
  const server = createServer((request, response) => {
    void text(request).then((sent) => {
      const target = new URL(request.url ?? '/', 'http://loopback');
      const one: Asked = {
        method: request.method ?? '',
        path: target.pathname.replace(prefix, ''),
        query: target.searchParams,
        headers: request.headers,
        body: sent === '' ? {} : (JSON.parse(sent) as Asked['body']),
      };
      asked.push(one);
      const meets = injected.find((each) => each.times > 0 && each.when(one));
      if (meets === undefined) {
        reply(response, answer(one, url));
        return;
      }
      meets.times -= 1;
      const fault = typeof meets.fault === 'function' ? meets.fault(one) : meets.fault;
      if (fault === 'hang') return;
      if (fault === 'cut') {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"num');
        setImmediate(() => response.destroy());
        return;
      }
      if ('raw' in fault) response.end(fault.raw);
      else reply(response, fault);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    asked,
    inject: (fault, { when = () => true, times = 1 } = {}) => void injected.push({ fault, when, times }),
  };
}

function reply(response: ServerResponse, { status, body, headers = {} }: Told): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

/** One page of a list, with the link to the next as GitHub and GitLab give it. */
export function paged(items: readonly unknown[], { path, query }: Asked, api: string): Told {
  const size = Number(query.get('per_page') ?? 30);
  const page = Number(query.get('page') ?? 1);
  const next = new URLSearchParams(query);
  next.set('page', String(page + 1));
  const more = items.length > page * size;
  const link = `<${api}${path}?${next.toString()}>; rel="next", <${api}${path}?page=9>; rel="last"`;
  return { status: 200, body: items.slice((page - 1) * size, page * size), headers: more ? { link } : {} };
}
