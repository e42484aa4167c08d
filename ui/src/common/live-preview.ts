import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Preview } from '../../../server/http/schemas/answers.ts';
import { ApiError } from '../data/api.ts';

const PAUSE = 250;

/**
 * Asks the server, a moment after the last change, what a write would commit. The last answer stays until the next; a
 * refusal takes it away: it is no longer what would be committed.
 */
export class LivePreview implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #abort: AbortController | undefined;
  #asked = '';
  value: Preview | null = null;
  error: ApiError | null = null;
  busy = false;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.clear();
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#asked = '';
    this.value = null;
    this.error = null;
    this.busy = false;
  }

  /** `key` names what is asked, so that the same question is asked once. */
  ask(key: string, load: (signal: AbortSignal) => Promise<Preview>): void {
    if (key === this.#asked) return;
    this.#asked = key;
    this.busy = true;
    clearTimeout(this.#timer);
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#timer = setTimeout(() => void this.#load(load, abort.signal), PAUSE);
  }

  async #load(load: (signal: AbortSignal) => Promise<Preview>, signal: AbortSignal): Promise<void> {
    try {
      this.value = await load(signal);
      this.error = null;
    } catch (error) {
      if (signal.aborted) return;
      this.value = null;
      this.error = error instanceof ApiError ? error : new ApiError(0, { detail: String(error) });
    }
    if (signal.aborted) return;
    this.busy = false;
    this.#host.requestUpdate();
  }
}
