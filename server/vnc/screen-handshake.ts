import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { ScreenRefused, ScreenTimeout } from './errors.ts';

const VERSION = 'RFB 003.008\n';
const SECURITY_NONE = 1;

/**
 * Our half of the RFB 3.8 handshake with a bot's screen, up to and with the security result; the client's init comes
 * from the viewer. It is finished even if the viewer has gone meanwhile: TigerVNC counts a connection that ends before
 * that as an attack, and after a few of them refuses everybody who comes from this address.
 * Rejects with ScreenTimeout or ScreenRefused and then has destroyed the stream.
 */
export async function finishScreenHandshake(screen: Duplex, timeoutMs = 5_000): Promise<void> {
  const deadline = AbortSignal.timeout(timeoutMs);
  // An error also shows as `close`; without a listener one that comes between two reads would end the process.
  screen.on('error', () => undefined);
  try {
    const reader = createReader(screen, deadline);
    await speak(screen, reader);
    reader.giveBack();
  } catch (error) {
    screen.destroy();
    throw deadline.aborted ? new ScreenTimeout('The screen did not finish its greeting in time.') : error;
  }
}

async function speak(screen: Duplex, reader: Reader): Promise<void> {
  const greeting = (await reader.read(VERSION.length)).toString('latin1');
  const [, major = '', minor = ''] = /^RFB (\d{3})\.(\d{3})\n$/.exec(greeting) ?? [];
  if (major === '') throw new ScreenRefused('What answers on the screen port does not speak VNC.');
  if (Number(major) * 1000 + Number(minor) < 3008) {
    // TigerVNC falls back to 3.3 to say that it refuses this address: a type of 0 and the reason.
    screen.write(greeting);
    const type = (await reader.read(4)).readUInt32BE(0);
    const speaks = `The screen speaks RFB ${Number(major)}.${Number(minor)}; 3.8 is needed.`;
    throw new ScreenRefused(type === 0 ? `The screen refuses: ${await readReason(reader)}` : speaks);
  }
  screen.write(VERSION);
  const count = (await reader.read(1)).readUInt8(0);
  if (count === 0) throw new ScreenRefused(`The screen refuses: ${await readReason(reader)}`);
  const types = await reader.read(count);
  if (!types.includes(SECURITY_NONE)) throw new ScreenRefused('The screen asks for a password; Claworc knows none.');
  screen.write(Buffer.from([SECURITY_NONE]));
  if ((await reader.read(4)).readUInt32BE(0) !== 0) {
    throw new ScreenRefused(`The screen refuses: ${await readReason(reader)}`);
  }
}

async function readReason(reader: Reader): Promise<string> {
  const length = (await reader.read(4)).readUInt32BE(0);
  const text = await reader.read(Math.min(length, 1024));
  return text.toString('utf8').replace(/\p{Cc}+/gu, ' ');
}

interface Reader {
  /** Exactly `size` bytes. */
  read(size: number): Promise<Buffer>;
  /** Puts what was read too far back into the stream. */
  giveBack(): void;
}

/** For a stream that is not flowing. Empties it each time: a stream that holds a part says `readable` without end. */
function createReader(screen: Duplex, signal: AbortSignal): Reader {
  let held: Buffer = Buffer.alloc(0);
  return {
    async read(size) {
      while (held.length < size) {
        const chunk: unknown = screen.read();
        if (Buffer.isBuffer(chunk)) held = Buffer.concat([held, chunk]);
        else if (screen.readableEnded || screen.destroyed) {
          throw screen.errored ?? new ScreenRefused('The screen closed the connection instead of a greeting.');
        } else await untilReadable(screen, signal);
      }
      const bytes = held.subarray(0, size);
      held = held.subarray(size);
      return bytes;
    },
    giveBack() {
      if (held.length > 0) screen.unshift(held);
    },
  };
}

async function untilReadable(screen: Duplex, signal: AbortSignal): Promise<void> {
  const settled = new AbortController();
  const options = { signal: AbortSignal.any([signal, settled.signal]) };
  try {
    // `close` and not `end` alone: a stream that breaks never ends.
    await Promise.race([
      once(screen, 'readable', options),
      once(screen, 'end', options),
      once(screen, 'close', options),
    ]);
  } finally {
    settled.abort();
  }
}
