import type { LogLine } from '../../../../server/http/schemas/answers.ts';
import { ApiError } from '../api.ts';
import { retryDelay } from './retry.ts';
import type { LogNews } from './messages.ts';
import type { StreamClient } from './client.ts';

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

/** How one try went: the log itself ended, or it can't be read now, or at all. */
type Outcome = { readonly ended: string } | { readonly broken: string } | { readonly refused: ApiError };

/** Lines of the past, at first and after a break. */
const TAIL = 100;
const RESUME_TAIL = 1_000;
/** Lines reach the page at most this often while it is hidden, where no frames are drawn. */
const HIDDEN_EVERY = 500;

/**
 * Follows the log of a bot until `signal` aborts: the last 100 lines, then live. After a break only lines that are newer
 * than the last one are told again. Lines come in batches, one per frame at most.
 */
export async function followLog(
  stream: StreamClient,
  name: string,
  signal: AbortSignal,
  handlers: LogHandlers,
): Promise<void> {
  const reading = new LogReading(stream, name, handlers);
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await reading.read(signal, () => (attempt = 0));
    if (signal.aborted || outcome === null) return;
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
  readonly #stream: StreamClient;
  readonly #name: string;
  readonly #handlers: LogHandlers;
  #lastAt: string | null = null;
  #waiting: LogLine[] = [];

  constructor(stream: StreamClient, name: string, handlers: LogHandlers) {
    this.#stream = stream;
    this.#name = name;
    this.#handlers = handlers;
  }

  /** Resolves when this try is over; with null when `signal` aborted it. */
  read(signal: AbortSignal, alive: () => void): Promise<Outcome | null> {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve(null);
        return;
      }
      let since = this.#lastAt;
      const end = this.#stream.follow(this.#name, since === null ? TAIL : RESUME_TAIL, {
        lines: (lines) => this.#take(lines, since),
        news: (news) => {
          if (news.state === 'following') {
            alive();
            this.#handlers.state({ state: 'following' });
          } else resolve(outcomeOf(news));
        },
        // The hub asks for the log again by itself; what it had comes twice.
        link: (link) => {
          if (link.state === 'live') return;
          since = this.#lastAt;
          const retryAt = link.state === 'gone' ? link.retryAt : Date.now();
          this.#handlers.state({ state: 'reconnecting', reason: 'The server does not answer.', retryAt });
        },
      });
      signal.addEventListener(
        'abort',
        () => {
          end();
          resolve(null);
        },
        { once: true },
      );
    });
  }

  #take(lines: readonly LogLine[], since: string | null): void {
    const news = lines.filter(({ at }) => since === null || at === null || at > since);
    this.#lastAt = news.findLast(({ at }) => at !== null)?.at ?? this.#lastAt;
    if (news.length === 0) return;
    if (this.#waiting.length === 0) {
      if (document.visibilityState === 'hidden') setTimeout(() => this.#flush(), HIDDEN_EVERY);
      else requestAnimationFrame(() => this.#flush());
    }
    this.#waiting.push(...news);
  }

  #flush(): void {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#handlers.lines(batch);
  }
}

function outcomeOf(news: Exclude<LogNews, { readonly state: 'following' }>): Outcome {
  if (news.state === 'ended') return { ended: news.reason };
  const error = new ApiError(news.status, news.error);
  // The cluster does not answer, or there is no pod yet.
  return error.status === 503 || error.status === 409 ? { broken: error.message } : { refused: error };
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
