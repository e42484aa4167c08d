import { watchNpm } from './started-by-npm.ts';

/** The process as this file needs it. */
export interface Lifetime {
  readonly signal: AbortSignal;
  /** To be called when the command is over: what is left open then does not keep the process. */
  readonly over: () => void;
}

interface ProcessLike {
  readonly pid: number;
  readonly env: NodeJS.ProcessEnv;
  on(event: string, listener: () => void): unknown;
  exit(code?: number): void;
  readonly connected?: boolean;
  readonly channel?: { unref(): void } | null | undefined;
}

export interface LifetimeOptions {
  readonly process: ProcessLike;
  readonly say: (line: string) => void;
  /** How long a command may take to end after it was told to. @default 10_000 */
  readonly graceMs?: number;
  /** How long what a finished command left open may go on. @default 1_000 */
  readonly leftoverMs?: number;
}

const FAILED = 1;

/**
 * Ties a command to its process: the first signal asks it to end, the second ends it, and so does time. A process that
 * was started by `bin/claworc.js` or by npm ends with it as well, also when that was killed and could not pass anything on.
 */
export function watchLifetime({ process, say, graceMs = 10_000, leftoverMs = 1_000 }: LifetimeOptions): Lifetime {
  const stop = new AbortController();
  const end = (why: string): void => {
    stop.abort(new Error(why));
    setTimeout(() => {
      say(`claworc: did not end within ${graceMs / 1_000} s of ${why}, and is ended now`);
      process.exit(FAILED);
    }, graceMs).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // The second Ctrl+C means it: no waiting for what is under way.
      if (stop.signal.aborted) process.exit(FAILED);
      else end(signal);
    });
  }
  if (process.connected === true) {
    process.on('disconnect', () => {
      if (!stop.signal.aborted) end('the end of the process that started it');
    });
    // Watching alone is no reason to go on.
    process.channel?.unref();
  }
  watchNpm(process, () => {
    if (!stop.signal.aborted) end('the end of the npm that started it');
  });
  return {
    signal: stop.signal,
    over: () => void setTimeout(() => process.exit(), leftoverMs).unref(),
  };
}
