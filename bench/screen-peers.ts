import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { median } from './measurement.ts';

/** What the measuring process asks of a peer; each answer is one number. */
export type PeerRequest =
  /** Plays the bots' screens. Answers the port. */
  | { readonly do: 'serve' }
  /** Answers the seconds of CPU that it has used. */
  | { readonly do: 'cpu' }
  /** Reads `bytes` and answers the seconds. */
  | { readonly do: 'flood'; readonly over: 'tcp' | 'ws'; readonly port: number; readonly bytes: number }
  /** Sends 10 bytes and waits for them, `rounds` times. Answers the median in microseconds. */
  | { readonly do: 'echo'; readonly over: 'tcp' | 'ws'; readonly port: number; readonly rounds: number }
  /** Asks for a flood and reads nothing of it. Answers 0 at once. */
  | { readonly do: 'stall'; readonly port: number };

/** First byte that a screen reads: send for ever, or send back. */
const FLOOD = Buffer.from('F');
const ECHO = Buffer.from('E');

interface Line {
  send(data: Buffer): void;
  onData(listener: (data: Buffer) => void): void;
  pause(): void;
  close(): void;
}

async function open(over: 'tcp' | 'ws', port: number): Promise<Line> {
  if (over === 'tcp') {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return {
      send: (data) => void socket.write(data),
      onData: (listener) => void socket.on('data', listener),
      pause: () => void socket.pause(),
      close: () => void socket.destroy(),
    };
  }
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: false });
  await once(socket, 'open');
  return {
    send: (data) => socket.send(data),
    onData: (listener) => void socket.on('message', (data) => Buffer.isBuffer(data) && listener(data)),
    pause: () => socket.pause(),
    close: () => socket.terminate(),
  };
}

async function serve(): Promise<number> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (first) => {
      if (first[0] === FLOOD[0]) flood(socket);
      else socket.on('data', (data) => socket.write(data));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

function flood(socket: Socket): void {
  const chunk = Buffer.alloc(64 * 1024, 7);
  const send = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', send);
  send();
}

async function readFlood(line: Line, bytes: number): Promise<number> {
  const started = performance.now();
  await new Promise<void>((resolve) => {
    let seen = 0;
    line.onData((data) => {
      seen += data.length;
      if (seen >= bytes) resolve();
    });
    line.send(FLOOD);
  });
  line.close();
  return (performance.now() - started) / 1000;
}

async function echo(line: Line, rounds: number): Promise<number> {
  const key = Buffer.alloc(10, 4);
  const times: number[] = [];
  await new Promise<void>((resolve) => {
    let missing = 0;
    let sentAt = 0;
    const next = (): void => {
      if (times.length === rounds) {
        resolve();
        return;
      }
      missing = key.length;
      sentAt = performance.now();
      line.send(key);
    };
    line.onData((data) => {
      missing -= data.length;
      if (missing > 0) return;
      times.push((performance.now() - sentAt) * 1000);
      next();
    });
    line.send(ECHO);
    // The first byte only chooses; were the next in the same packet, it would be lost.
    setTimeout(next, 50);
  });
  line.close();
  return median(times);
}

export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}

async function answer(request: PeerRequest): Promise<number> {
  if (request.do === 'serve') return serve();
  if (request.do === 'cpu') return cpuSeconds();
  const line = await open(request.do === 'stall' ? 'ws' : request.over, request.port);
  if (request.do === 'flood') return readFlood(line, request.bytes);
  if (request.do === 'echo') return echo(line, request.rounds);
  line.pause();
  line.send(FLOOD);
  return 0;
}

// Only in a process that was forked to be a peer.
process.send?.('ready');
if (process.send)
  process.on('message', (request: PeerRequest) => void answer(request).then((value) => process.send?.(value)));
