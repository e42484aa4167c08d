import type { EventPayloads, LogLine } from '../../../../server/http/schemas/answers.ts';
import type { FleetEvent, Link } from './fleet-store.ts';
import type { ConnectHub } from './connect.ts';
import { ALIVE_MS, type FromHub, type LogNews, type ToHub } from './messages.ts';

/** A hub that leaves so many signs of life without an answer has crashed. */
const UNANSWERED = 3;

export interface StreamHandlers {
  readonly event: (name: FleetEvent, payload: EventPayloads[FleetEvent]) => void;
  readonly current: () => void;
  readonly link: (link: Link, heard: number | null) => void;
  readonly build: (build: string) => void;
}

export interface LogListener {
  readonly lines: (lines: readonly LogLine[]) => void;
  readonly news: (news: LogNews) => void;
  /** The stream broke, or is there again. */
  readonly link: (link: Link) => void;
}

interface Log {
  readonly instance: string;
  readonly tail: number;
  readonly listener: LogListener;
}

/** This page's end of the stream that the hub holds. */
export class StreamClient {
  readonly #handlers: StreamHandlers;
  readonly #logs = new Map<number, Log>();
  #port: MessagePort | null = null;
  #base = '';
  #next = 1;
  #unanswered = 0;
  #lock: string | null = null;

  constructor(handlers: StreamHandlers) {
    this.#handlers = handlers;
  }

  /** Joins the shared hub until `signal` aborts, or has one of its own where that can't be had or has crashed. */
  start(
    window: Window,
    hubs: { readonly shared: ConnectHub | null; readonly own: ConnectHub },
    signal: AbortSignal,
  ): void {
    const { document } = window;
    this.#base = document.baseURI;
    const useOwn = (): void => this.#attach(hubs.own(() => undefined));
    const { shared } = hubs;
    if (shared === null) useOwn();
    else this.#attach(shared(useOwn));
    this.#holdLock(window, signal);
    const alive = setInterval(() => {
      this.#unanswered += 1;
      if (this.#unanswered > UNANSWERED) useOwn();
      this.#post({ type: 'alive' });
    }, ALIVE_MS);
    const sight = (): void => this.#post({ type: 'sight', visible: document.visibilityState === 'visible' });
    document.addEventListener('visibilitychange', sight, { signal });
    window.addEventListener('online', () => this.tryNow(), { signal });
    window.addEventListener('pagehide', () => this.#post({ type: 'leave' }), { signal });
    window.addEventListener('pageshow', ({ persisted }) => (persisted ? this.#join() : undefined), { signal });
    signal.addEventListener('abort', () => {
      clearInterval(alive);
      this.#post({ type: 'leave' });
      this.#port?.close();
    });
  }

  /** Opens the stream at once, whatever the waiting time. */
  tryNow(): void {
    this.#post({ type: 'try' });
  }

  /** Follows the log of a bot over the same stream; gives what ends it. */
  follow(instance: string, tail: number, listener: LogListener): () => void {
    const key = this.#next++;
    this.#logs.set(key, { instance, tail, listener });
    this.#post({ type: 'follow', key, instance, tail });
    return () => {
      if (this.#logs.delete(key)) this.#post({ type: 'unfollow', key });
    };
  }

  #attach(port: MessagePort): void {
    this.#port?.close();
    this.#port = port;
    this.#unanswered = 0;
    port.onmessage = (event: MessageEvent<FromHub>) => this.#take(event.data);
    this.#join();
  }

  #join(): void {
    this.#post({ type: 'join', base: this.#base });
    if (this.#lock !== null) this.#post({ type: 'lock', name: this.#lock });
    for (const [key, { instance, tail }] of this.#logs) this.#post({ type: 'follow', key, instance, tail });
  }

  #take(message: FromHub): void {
    this.#unanswered = 0;
    switch (message.type) {
      case 'event':
        this.#handlers.event(message.name, message.payload);
        break;
      case 'current':
        this.#handlers.current();
        break;
      case 'link':
        this.#handlers.link(message.link, message.heard);
        for (const { listener } of this.#logs.values()) listener.link(message.link);
        break;
      case 'build':
        this.#handlers.build(message.build);
        break;
      case 'lines':
        this.#logs.get(message.key)?.listener.lines(message.lines);
        break;
      case 'log': {
        const log = this.#logs.get(message.key);
        if (message.news.state !== 'following') this.#logs.delete(message.key);
        log?.listener.news(message.news);
        break;
      }
      case 'unknown':
        this.#join();
        break;
      case 'here':
        break;
    }
  }

  /** Freed by the browser when the page is gone, crashed ones too. Pages without a secure context have no locks. */
  #holdLock({ navigator, crypto }: Window, signal: AbortSignal): void {
    if (!('locks' in navigator)) return;
    const name = `claworc-page-${crypto.randomUUID()}`;
    const hold = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    void navigator.locks.request(name, () => {
      this.#lock = name;
      this.#post({ type: 'lock', name });
      return hold;
    });
  }

  #post(message: ToHub): void {
    this.#port?.postMessage(message);
  }
}
