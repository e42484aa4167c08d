import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface SocksServer extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  /** What was asked for, in order: `host:port`. */
  readonly asked: readonly string[];
}

export interface SocksServerOptions {
  /** `name:password` that it wants. @default anybody is welcome */
  readonly login?: string;
  /** Where a name leads; what is not named leads nowhere. An address leads to itself. */
  readonly hosts?: Readonly<Record<string, string>>;
}

const VERSION = 5;
const NONE = 0;
const PASSWORD = 2;
const REFUSED = 0xff;
const HOST_UNREACHABLE = 4;
const IPV4 = 1;
const NAME = 3;

/** A SOCKS 5 proxy on loopback (RFC 1928, RFC 1929): CONNECT alone. */
export async function startSocksServer({ login, hosts = {} }: SocksServerOptions = {}): Promise<SocksServer> {
  const asked: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket.once('close', () => open.delete(socket)).on('error', () => socket.destroy()));
    void serve(socket, login, hosts, asked).catch(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function serve(
  socket: Socket,
  login: string | undefined,
  hosts: Readonly<Record<string, string>>,
  asked: string[],
): Promise<void> {
  const [, count = 0] = await take(socket, 2);
  const methods = await take(socket, count);
  const method = login === undefined ? NONE : PASSWORD;
  if (!methods.includes(method)) return void socket.end(Buffer.of(VERSION, REFUSED));
  socket.write(Buffer.of(VERSION, method));
  if (login !== undefined) {
    const [, size = 0] = await take(socket, 2);
    const name = await take(socket, size);
    const [passwordSize = 0] = await take(socket, 1);
    const isRight = `${name.toString()}:${(await take(socket, passwordSize)).toString()}` === login;
    socket.write(Buffer.of(1, isRight ? 0 : 1));
    if (!isRight) return void socket.end();
  }
  const [, , , kind] = await take(socket, 4);
  const host = await takeHost(socket, kind ?? 0);
  const port = (await take(socket, 2)).readUInt16BE();
  asked.push(`${host}:${port}`);
  const reply = (code: number): Buffer => Buffer.of(VERSION, code, 0, IPV4, 0, 0, 0, 0, 0, 0);
  const there = kind === NAME ? hosts[host] : host;
  if (there === undefined) return void socket.end(reply(HOST_UNREACHABLE));
  const upstream = connect(port, there, () => {
    socket.write(reply(0));
    upstream.pipe(socket).pipe(upstream);
  });
  upstream.on('error', () => socket.destroy());
  socket.once('close', () => upstream.destroy());
}

async function takeHost(socket: Socket, kind: number): Promise<string> {
  if (kind === IPV4) return [...(await take(socket, 4))].join('.');
  const [size = 0] = await take(socket, 1);
  return (await take(socket, size)).toString();
}

async function take(socket: Socket, size: number): Promise<Buffer> {
  for (;;) {
    const got: unknown = socket.read(size);
    if (Buffer.isBuffer(got)) return got;
    await once(socket, 'readable');
  }
}
