import type { ServerResponse } from 'node:http';

export interface SlowReaderLimits {
  /** How often it is looked at, in milliseconds. @default two minutes */
  readonly everyMs?: number;
  /** Bytes that a client has to take in that time. @default 64 KiB, which the slowest modem does */
  readonly least?: number;
}

/** Breaks an answer off whose client leaves it waiting: what it keeps busy on this side is for others too. */
export function dropSlowReader(
  response: ServerResponse,
  { everyMs = 120_000, least = 65_536 }: SlowReaderLimits = {},
): void {
  const { socket } = response;
  if (socket === null) return;
  const taken = (): number => socket.bytesWritten - socket.writableLength;
  let before = taken();
  const timer = setInterval(() => {
    const now = taken();
    if (socket.writableLength > 0 && now - before < least) response.destroy();
    before = now;
  }, everyMs);
  response.once('close', () => clearInterval(timer));
}
