import type { FleetStore } from './fleet-store.ts';
import { ownHub, sharedHub } from './connect.ts';
import { StreamClient } from './client.ts';

export interface LiveNews {
  /** The server answers again after it was gone; so many bots changed meanwhile. */
  readonly back: (changed: number) => void;
  /** The build of the dashboard that the server has now. */
  readonly build: (build: string) => void;
}

/** Keeps the store up to date from the one stream that all pages of this browser share. */
export class LiveUpdates {
  readonly stream: StreamClient;
  /** Bots that changed since the server was gone; null while it wasn't. */
  #changed: number | null = null;

  constructor(store: FleetStore, { back, build }: LiveNews) {
    this.stream = new StreamClient({
      event: (name, payload) => {
        const changed = store.take(name, payload);
        if (this.#changed !== null) this.#changed += changed;
      },
      current: () => {
        if (this.#changed !== null) back(this.#changed);
        this.#changed = null;
      },
      link: (link, heard) => {
        if (link.state === 'gone' || link.state === 'silent') this.#changed ??= 0;
        if (link.state === 'live' && heard !== null) store.heard(heard);
        else store.setLink(link);
      },
      build,
    });
  }

  start(signal: AbortSignal): void {
    this.stream.start(window, { shared: sharedHub(window), own: ownHub() }, signal);
  }

  /** Opens the stream at once, whatever the waiting time. */
  tryNow(): void {
    this.stream.tryNow();
  }
}
