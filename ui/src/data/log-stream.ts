import type { LogLine } from '../../../server/http/schemas/answers.ts';
import { ApiError, apiPath, errorOf } from './api.ts';
import { retryDelay } from './retry.ts';
import { readSse, type SseEvent } from './sse.ts';

export type LogState =
  | { readonly state: 'connecting' }
  | { readonly state: 'following' }
  | { readonly state: 'reconnecting'; readonly reason: string; readonly retryAt: number }
  /** Nothing more comes by itself. */
  | { readonly state: 'ended'; readonly reason: string }
  | { readonly state: 'refused'; readonly error: ApiError };

export interface LogHandlers {
  readonly state: (state: LogState) => void;
  readonly lines: (lines: readonly LogLine[]) => void;
}

/** How one stream went: the log itself ended, or only the stream did. */
type Outcome = { readonly ended: string } | { readonly broken: string } | { readonly refused: ApiError };

/**
 * Follows the log of a bot until `signal` aborts: the last 100 lines, then live. After a break only lines that are newer
 * than the last one are told again. Lines come in batches, one per frame at most.
 */
export async function followLog(name: string, signal: AbortSignal, handlers: LogHandlers): Promise<void> {
  const reading = new LogReading(name, handlers);
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await reading.read(signal, () => (attempt = 0));
    if (signal.aborted) return;
    if ('ended' in outcome) {
      handlers.state({ state: 'ended', reason: outcome.ended });
      return;
    }
    if ('refused' in outcome) {
      handlers.state({ state: 'refused', error: outcome.refused });
      return;
    }
    const delay = retryDelay(attempt, Math.random);
    handlers.state({ state: 'reconnecting', reason: outcome.broken, retryAt: Date.now() + delay });
    await pause(delay, signal);
  }
}

class LogReading {
  readonly #name: string;
  readonly #handlers: LogHandlers;
  #lastAt: string | null = null;
  #end: string | null = null;
  #waiting: LogLine[] = [];

  constructor(name: string, handlers: LogHandlers) {
    this.#name = name;
    this.#handlers = handlers;
  }

  async read(signal: AbortSignal, alive: () => void): Promise<Outcome> {
    const since = this.#lastAt;
    this.#end = null;
    try {
      await readSse(
        apiPath(`/instances/${encodeURIComponent(this.#name)}/logs`),
        { signal, refusal: errorOf },
        { open: () => this.#handlers.state({ state: 'following' }), alive, event: (event) => this.#take(event, since) },
      );
    } catch (error) {
      if (!(error instanceof ApiError)) return { broken: 'The server does not answer.' };
      return error.status === 503 ? { broken: error.message } : { refused: error };
    }
    return this.#outcome();
  }

  #outcome(): Outcome {
    return this.#end === null ? { broken: 'The stream ended.' } : { ended: this.#end };
  }

  #take(event: SseEvent, since: string | null): void {
    if (event.event === 'end') this.#end = (JSON.parse(event.data) as { reason: string }).reason;
    if (event.event !== 'line') return;
    const line = JSON.parse(event.data) as LogLine;
    if (since !== null && line.at !== null && line.at <= since) return;
    if (line.at !== null) this.#lastAt = line.at;
    if (this.#waiting.length === 0) requestAnimationFrame(() => this.#flush());
    this.#waiting.push(line);
  }

  #flush(): void {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#handlers.lines(batch);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const stop = (): void => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}
