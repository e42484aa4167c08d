import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ClaworcError } from '../../lib/errors.ts';

/** The body of a request that is read by hand. */
export interface RequestBody {
  /** Throws `too_large` beyond the limit, `invalid` for a body that is broken or ends too early. */
  readonly chunks: AsyncIterator<Buffer>;
  /**
   * Lets the rest come in and throws it away, as it came: a client that still sends would not see an answer, and a few
   * bytes may unpack to as many as they like.
   */
  drain(): Promise<void>;
}

export interface RequestBodyOptions {
  readonly gzipped: boolean;
  /** Bytes, unpacked. */
  readonly limit: number;
  /** The sentence for one that is larger. */
  readonly tooLarge: string;
  readonly signal: AbortSignal;
}

export function requestBody(sent: Readable, { gzipped, limit, tooLarge, signal }: RequestBodyOptions): RequestBody {
  const source = gzipped ? unzipped(sent) : sent;
  const stop = (): void => {
    if (!sent.readableEnded) sent.destroy(new Error('ended'));
  };
  signal.addEventListener('abort', stop, { once: true });
  const iterator = source.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  let total = 0;
  return {
    chunks: {
      next: async () => {
        const step = await iterator.next().catch((cause: unknown) => {
          throw new ClaworcError('invalid', 'The request is broken, or ended before it had come in whole.', { cause });
        });
        if (step.done === true) return step;
        total += step.value.length;
        if (total > limit) throw new ClaworcError('too_large', tooLarge);
        return step;
      },
    },
    drain: async () => {
      await iterator.return?.();
      if (source !== sent) {
        sent.unpipe();
        source.destroy();
      }
      const end = finished(sent, { writable: false }).catch(() => undefined);
      sent.resume();
      await end;
    },
  };
}

/** A broken end of what was sent is seen by whoever reads. */
function unzipped(sent: Readable): Readable {
  const plain = createGunzip();
  const breakOff = (): void => {
    if (!sent.readableEnded) plain.destroy(new Error('ended'));
  };
  sent.once('error', breakOff).once('close', breakOff);
  return sent.pipe(plain);
}

/** What was read already, and then the rest. */
export async function* joined(first: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  for (let step = await chunks.next(); step.done !== true; step = await chunks.next()) yield step.value;
}
