import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Polls until `check` is true. `alive` runs before each try and may throw to end the wait early. */
export async function waitUntil(
  what: string,
  check: () => Promise<boolean>,
  { alive, signal }: { alive?: () => Promise<void>; signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const deadline = performance.now() + 120_000;
  for (;;) {
    signal?.throwIfAborted();
    await alive?.();
    if (await check()) return;
    if (performance.now() > deadline) throw new Error(`waited 120 s for ${what}`);
    await sleep(50);
  }
}

/** Whether GET `url` answers 200, trusting the CA file (which may not exist yet). */
export async function answersOk(url: string, caFile: string, token: string): Promise<boolean> {
  const ca = await readFile(caFile).catch(() => undefined);
  if (!ca) return false;
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${token}` };
    const call = request(url, { ca, headers, agent: false, timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve(false));
    call.end();
  });
}

/** Whether something accepts connections on a port of 127.0.0.1. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', end(true)).on('error', end(false));
  });
}
