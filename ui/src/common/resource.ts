import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { ApiError } from '../data/api.ts';

const BONES_AFTER = 150;

/**
 * Something that is read from the server, with the faces of waiting. A reload keeps what is shown; an error keeps it as
 * well and says so (`stale`).
 */
export class Resource<T> implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #load: (signal: AbortSignal) => Promise<T>;
  #isBegun = false;
  #abort: AbortController | null = null;
  #bones: ReturnType<typeof setTimeout> | undefined;
  value: T | undefined;
  error: ApiError | null = null;
  /** When `value` was read. */
  at: number | null = null;
  loading = false;
  /** True once loading has taken long enough for bones. */
  slow = false;

  /** `load` is called with the first update of the host, each time it enters the page again, and by `reload`. */
  constructor(host: ReactiveControllerHost, load: (signal: AbortSignal) => Promise<T>) {
    this.#host = host;
    this.#load = load;
    host.addController(this);
  }

  hostConnected(): void {
    if (this.#isBegun) this.reload();
  }

  /** Not before the first update: an element that is defined late has its properties from then on. */
  hostUpdate(): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    this.#read();
  }

  hostDisconnected(): void {
    this.#abort?.abort();
    clearTimeout(this.#bones);
  }

  /** Forgets what is shown and reads anew: for another subject. */
  reset(): void {
    this.value = undefined;
    this.at = null;
    this.reload();
  }

  reload(): void {
    if (!this.#isBegun) return;
    this.#read();
    this.#host.requestUpdate();
  }

  #read(): void {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.loading = true;
    this.slow = false;
    clearTimeout(this.#bones);
    this.#bones = setTimeout(() => {
      this.slow = true;
      this.#host.requestUpdate();
    }, BONES_AFTER);
    this.#load(abort.signal)
      .then(
        (value) => {
          if (abort.signal.aborted) return;
          this.value = value;
          this.error = null;
          this.at = Date.now();
        },
        (error: unknown) => {
          if (abort.signal.aborted) return;
          this.error = error instanceof ApiError ? error : new ApiError(0, { detail: String(error), code: 'unknown' });
        },
      )
      .finally(() => {
        if (abort.signal.aborted) return;
        this.loading = false;
        clearTimeout(this.#bones);
        this.#host.requestUpdate();
      });
  }
}
