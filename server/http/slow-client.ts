import type { IncomingMessage, ServerResponse } from 'node:http';

export interface SlowClientLimits {
  /** How often it is looked at, in milliseconds. @default two minutes for who takes, half a minute for who sends */
  readonly everyMs?: number;
  /** Bytes that a client has to take or send in that time. @default 512 bytes a second, which the slowest modem does */
  readonly least?: number;
}

/** Breaks an answer off whose client leaves it waiting: what it keeps busy on this side is for others too. */
export function dropSlowReader(
  response: ServerResponse,
  { everyMs = 120_000, least = 65_536 }: SlowClientLimits = {},
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

/** The same for a request that does not come in. What came and was not taken here is no fault of its client. */
export function dropSlowSender(
  request: IncomingMessage,
  { everyMs = 30_000, least = 16_384 }: SlowClientLimits = {},
): void {
  const { socket } = request;
  let before = socket.bytesRead;
  const timer = setInterval(() => {
    const now = socket.bytesRead;
    if (request.complete) clearInterval(timer);
    else if (request.readableLength === 0 && now - before < least) request.destroy();
    before = now;
  }, everyMs);
  request.once('close', () => clearInterval(timer));
}
