import type { EventPayloads } from '../../../server/http/schemas/answers.ts';
import { ApiError, apiPath, errorOf } from './api.ts';
import type { FleetStore } from './fleet-store.ts';
import { retryDelay } from './retry.ts';
import { readSse } from './sse.ts';

/** A server says something at least every 15 s; after this long its silence is shown. */
export const SILENT_AFTER = 35_000;
/** A hidden page gives its connection back after this long: browsers share six per server. */
const HIDDEN_FOR = 60_000;

/**
 * Keeps the store up to date over one event stream: opens it again after any trouble, each time from a snapshot.
 * `back` is called with the number of bots that changed when the server answers again after it was gone.
 */
export class LiveUpdates {
  readonly #store: FleetStore;
  readonly #back: (changed: number) => void;
  #stream: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #goneSince: number | null = null;
  #lastEventId: string | null = null;

  constructor(store: FleetStore, back: (changed: number) => void) {
    this.#store = store;
    this.#back = back;
  }

  start(signal: AbortSignal): void {
    let hiddenTimer: ReturnType<typeof setTimeout> | undefined;
    const visibility = (): void => {
      clearTimeout(hiddenTimer);
      if (document.visibilityState === 'hidden') hiddenTimer = setTimeout(() => this.#close(), HIDDEN_FOR);
      else if (this.#stream === null) this.tryNow();
    };
    document.addEventListener('visibilitychange', visibility, { signal });
    window.addEventListener('online', () => this.tryNow(), { signal });
    const watch = setInterval(() => this.#watchSilence(), 1_000);
    signal.addEventListener('abort', () => {
      clearInterval(watch);
      clearTimeout(hiddenTimer);
      this.#close();
    });
    void this.#open();
  }

  /** Opens the stream at once, whatever the waiting time. */
  tryNow(): void {
    this.#close();
    void this.#open();
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#stream?.abort();
    this.#stream = null;
  }

  async #open(): Promise<void> {
    const stream = new AbortController();
    this.#stream = stream;
    try {
      await readSse(
        apiPath('/events'),
        { signal: stream.signal, lastEventId: this.#lastEventId, refusal: errorOf },
        {
          open: () => this.#store.heard(Date.now()),
          alive: () => this.#store.heard(Date.now()),
          event: (event) => {
            this.#lastEventId = event.id ?? this.#lastEventId;
            this.#take(event.event as keyof EventPayloads, event.data);
          },
        },
      );
    } catch (error) {
      if (stream.signal.aborted) return;
      if (!(error instanceof ApiError) && !(error instanceof TypeError)) console.error(error);
    }
    if (!stream.signal.aborted) this.#lost();
  }

  #take(name: keyof EventPayloads, data: string): void {
    const payload = JSON.parse(data) as { readonly more?: boolean };
    const changed = this.#store.take(name, payload as never);
    if (name !== 'snapshot' || payload.more === true) return;
    this.#attempt = 0;
    if (this.#goneSince !== null) this.#back(changed);
    this.#goneSince = null;
  }

  #lost(): void {
    this.#stream = null;
    this.#goneSince ??= this.#store.lastHeard ?? Date.now();
    const delay = retryDelay(this.#attempt, Math.random);
    this.#attempt += 1;
    this.#store.setLink({ state: 'gone', since: this.#store.lastHeard, retryAt: Date.now() + delay });
    this.#timer = setTimeout(() => void this.#open(), delay);
  }

  #watchSilence(): void {
    const heard = this.#store.lastHeard;
    if (this.#stream === null || heard === null || Date.now() - heard < SILENT_AFTER) return;
    if (this.#store.link.state === 'live') {
      this.#store.setLink({ state: 'silent', since: heard });
      this.#goneSince = heard;
      this.tryNow();
    }
  }
}
