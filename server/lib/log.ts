/**
 * A log line is a static message with data beside it. Rooms take a `Log`; only entry points decide where lines go.
 * Never pass a secret, a request body or a ticket as data.
 */
export interface Log {
  info(message: string, data?: Readonly<Record<string, unknown>>): void;
  warn(message: string, data?: Readonly<Record<string, unknown>>): void;
  error(message: string, data?: Readonly<Record<string, unknown>>): void;
  debug(message: string, data?: Readonly<Record<string, unknown>>): void;
  /** The same log with `data` on every line. */
  child(data: Readonly<Record<string, unknown>>): Log;
}

const drop = (): void => undefined;

/** Drops every line; the default where a caller gives no log. */
export const silentLog: Log = { info: drop, warn: drop, error: drop, debug: drop, child: () => silentLog };
