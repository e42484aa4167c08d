import type { IncomingMessage } from 'node:http';

/** Who asks: `peer` is the address of the connection, which may be a proxy in front of everybody. */
export interface Client {
  readonly peer: string;
  /** One client of that peer. */
  readonly client: string;
}

/**
 * A proxy says for whom it asks in the last entry of `X-Forwarded-For`. Whoever makes that header up has connections from one
 * address all the same.
 */
export function clientOf({ socket, headers }: IncomingMessage): Client {
  const peer = socket.remoteAddress ?? '';
  const forwarded = [headers['x-forwarded-for'] ?? ''].flat().at(-1)?.split(',').at(-1)?.trim().slice(0, 100);
  return { peer: `peer ${peer}`, client: `client ${peer} ${forwarded ?? ''}` };
}
