import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ClaworcError } from '../../lib/errors.ts';

export function unzipped(body: Readable): Readable {
  const plain = createGunzip();
  // A broken end of either is seen by whoever reads.
  pipeline(body, plain).catch(() => undefined);
  return plain;
}

/** The body of a request that is read by hand. */
export interface Counted {
  readonly chunks: AsyncIterator<Buffer>;
  /** Reads the rest to its end: a client that still sends would not see an answer. */
  drain(): Promise<void>;
}

/** Throws `too_large` beyond `limit` bytes, `invalid` where it ends too early. */
export function countedChunks(source: Readable, limit: number, signal: AbortSignal): Counted {
  const stop = (): void => {
    if (!source.readableEnded) source.destroy(new Error('ended'));
  };
  signal.addEventListener('abort', stop, { once: true });
  const iterator = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let total = 0;
  return {
    chunks: {
      next: async () => {
        const step = await iterator.next().catch((cause: unknown) => {
          throw new ClaworcError('invalid', 'The request is broken, or ended before it had come in whole.', { cause });
        });
        if (step.done === true) return step;
        total += step.value.length;
        if (total > limit) {
          throw new ClaworcError(
            'too_large',
            `More than ${Math.floor(limit / 1_048_576)} MiB in one push; push fewer commits at once, and no large files.`,
          );
        }
        return step;
      },
    },
    drain: async () => {
      while ((await iterator.next()).done !== true);
    },
  };
}

/** What was read already, and then the rest. */
export async function* joined(first: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  for (let step = await chunks.next(); step.done !== true; step = await chunks.next()) yield step.value;
}
