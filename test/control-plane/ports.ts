import { once } from 'node:events';
import { createServer } from 'node:net';

// Below the ephemeral range: an outgoing connection on loopback can't take the port of a server that is restarting.
const lowest = 20_000;
const highest = 29_999;
const taken = new Set<number>();

/** A loopback port that nothing listens on, never the same twice in this process. */
export async function takeFreePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest + 1));
    if (taken.has(port) || !(await isFree(port))) continue;
    taken.add(port);
    return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
