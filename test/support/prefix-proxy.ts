import { createServer, request as ask, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** A reverse proxy that shows a server under `/claworc/`, and answers 418 for everything else. */
export interface PrefixProxy extends AsyncDisposable {
  /** What a browser opens: `http://127.0.0.1:1234/claworc/`. */
  readonly address: string;
  /** The server behind it; told later, since a server has to know the proxy's address. */
  readonly serve: (upstream: string) => void;
}

const PREFIX = '/claworc';

/** `strip`: the server behind it gets paths without the prefix. */
export async function startPrefixProxy({ strip }: { readonly strip: boolean }): Promise<PrefixProxy> {
  let upstream = new URL('http://127.0.0.1:1');
  const sockets = new Set<Socket>();
  const pathOf = ({ url = '' }: IncomingMessage): string => (strip ? url.slice(PREFIX.length) : url);
  const isOurs = ({ url = '' }: IncomingMessage): boolean => url.startsWith(`${PREFIX}/`);

  const proxy = createServer((incoming, outgoing) => {
    if (!isOurs(incoming)) {
      outgoing.writeHead(418).end();
      return;
    }
    const { method, headers } = incoming;
    const asked = ask({ port: upstream.port, host: upstream.hostname, path: pathOf(incoming), method, headers });
    asked.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      answer.pipe(outgoing);
    });
    asked.on('error', () => outgoing.destroy());
    outgoing.on('close', () => asked.destroy());
    incoming.pipe(asked);
  });
  proxy.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  proxy.on('upgrade', (incoming, socket, head) => {
    const behind = connect(Number(upstream.port), upstream.hostname, () => {
      const { rawHeaders } = incoming;
      const headers = rawHeaders.flatMap((name, index) =>
        index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1] ?? ''}`] : [],
      );
      behind.write([`GET ${pathOf(incoming)} HTTP/1.1`, ...headers, '', ''].join('\r\n'));
      behind.write(head);
      behind.pipe(socket).pipe(behind);
    });
    for (const [one, other] of [
      [behind, socket],
      [socket, behind],
    ] as const) {
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}${PREFIX}/`,
    serve: (address) => (upstream = new URL(address)),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
