import type { EventPayloads } from '../../../../server/http/schemas/answers.ts';
import { FleetStore, type FleetEvent } from './fleet-store.ts';
import { retryDelay } from './retry.ts';
import { readSse, type SseEvent } from './sse.ts';
import { HubLogs } from './hub-logs.ts';
import { GONE_MS, type FromHub, type ToHub } from './messages.ts';

/** A server says something at least every 15 s; after this long its silence is shown. */
const SILENT_AFTER = 35_000;
/** Where every page has a stream of its own, a hidden one gives it back after this long: browsers share six per server. */
const REST_AFTER = 60_000;
/** Pages are told at most this often that bytes came. */
const HEARD_EVERY = 1_000;

/** A page, as the hub sees it. */
export interface HubPort {
  readonly post: (message: FromHub) => void;
}

export interface HubSurroundings {
  /** False where the hub lives in one page alone: it then rests while nobody looks. */
  readonly isShared: boolean;
  /** Resolves when the holder of a Web Lock is gone; absent where the browser has none. */
  readonly lockFreed?: (name: string, signal: AbortSignal) => Promise<void>;
}

interface Client {
  heard: number;
  visible: boolean;
  readonly gone: AbortController;
}

/**
 * Holds the one event stream of a browser for all its pages: opens it again after any trouble, keeps the fleet as it was
 * told last so that a new page has it at once, and carries the logs that pages follow over the same connection.
 */
export class StreamHub {
  readonly #surroundings: HubSurroundings;
  readonly #store = new FleetStore();
  readonly #clients = new Map<HubPort, Client>();
  readonly #logs = new HubLogs<HubPort>((port, message) => port.post(message));
  #base = '';
  #stream: AbortController | null = null;
  #streamId: string | null = null;
  #build: string | null = null;
  #lastEventId: string | null = null;
  #isCurrent = false;
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #heardTold = 0;
  #hiddenSince: number | null = null;
  #declaring: Promise<void> = Promise.resolve();

  constructor(surroundings: HubSurroundings) {
    this.#surroundings = surroundings;
  }

  /** Watches for silence of the server and of pages until `signal` aborts. */
  start(signal: AbortSignal): void {
    const watch = setInterval(() => this.#watch(Date.now()), 1_000);
    signal.addEventListener('abort', () => {
      clearInterval(watch);
      this.#close();
    });
  }

  receive(port: HubPort, message: ToHub): void {
    const client = this.#clients.get(port);
    if (message.type === 'join') {
      this.#join(port, message.base);
      return;
    }
    if (message.type === 'leave') {
      this.#drop(port);
      return;
    }
    if (client === undefined) {
      port.post({ type: 'unknown' });
      return;
    }
    client.heard = Date.now();
    switch (message.type) {
      case 'lock':
        void this.#surroundings.lockFreed?.(message.name, client.gone.signal).then(
          () => this.#drop(port),
          () => undefined,
        );
        break;
      case 'alive':
        port.post({ type: 'here' });
        break;
      case 'try':
        if (this.#store.link.state !== 'live') this.#tryNow();
        break;
      case 'sight':
        client.visible = message.visible;
        if (message.visible && this.#stream === null) this.#tryNow();
        break;
      case 'follow':
        this.#logs.add(port, message.key, message.instance, message.tail);
        this.#declare();
        break;
      case 'unfollow':
        this.#logs.remove(port, message.key);
        this.#declare();
        break;
    }
  }

  #join(port: HubPort, base: string): void {
    this.#drop(port);
    this.#clients.set(port, { heard: Date.now(), visible: true, gone: new AbortController() });
    this.#base = base;
    if (this.#build !== null) port.post({ type: 'build', build: this.#build });
    for (const payload of this.#store.pages()) port.post({ type: 'event', name: 'snapshot', payload });
    port.post(this.#linkNews());
    if (this.#isCurrent) port.post({ type: 'current' });
    // The page that comes is being looked at: waiting out a pause would be waiting for nothing.
    if (this.#stream === null) this.#tryNow();
  }

  #drop(port: HubPort): void {
    const client = this.#clients.get(port);
    if (client === undefined) return;
    client.gone.abort();
    this.#clients.delete(port);
    if (this.#logs.removeAll(port)) this.#declare();
    if (this.#clients.size === 0) this.#close();
  }

  #tryNow(): void {
    this.#close();
    void this.#open();
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#stream?.abort();
    this.#stream = null;
    this.#streamId = null;
  }

  async #open(): Promise<void> {
    const stream = new AbortController();
    this.#stream = stream;
    try {
      await readSse(
        `${this.#base}api/v1/events`,
        {
          signal: stream.signal,
          lastEventId: this.#isCurrent ? this.#lastEventId : null,
          refusal: (response) => Promise.resolve(new Error(`The server answered ${response.status}`)),
        },
        {
          open: () => this.#heard(),
          alive: () => this.#heard(),
          event: (event) => this.#take(event),
        },
      );
    } catch {
      // Whatever it was, the way on is the same: wait, and try again.
    }
    if (!stream.signal.aborted) this.#lost();
  }

  #take({ event, data, id }: SseEvent): void {
    const payload: unknown = JSON.parse(data);
    switch (event as keyof EventPayloads) {
      case 'stream':
        this.#begin(payload as EventPayloads['stream']);
        return;
      case 'log':
        this.#logs.takeLine(payload as EventPayloads['log']);
        return;
      case 'log_state':
        this.#logs.takeState(payload as EventPayloads['log_state']);
        return;
      case 'snapshot':
      case 'instance':
      case 'instance_removed':
      case 'fleet':
      case 'activity':
      case 'proposal':
        this.#lastEventId = id;
        this.#takeChange(event as FleetEvent, payload as EventPayloads[FleetEvent]);
    }
  }

  #begin({ id, build, resumed }: EventPayloads['stream']): void {
    this.#streamId = id;
    this.#build = build;
    if (build !== null) this.#tell({ type: 'build', build });
    this.#declare();
    if (resumed) this.#current();
    else this.#isCurrent = false;
  }

  #takeChange(name: FleetEvent, payload: EventPayloads[FleetEvent]): void {
    this.#store.take(name, payload);
    this.#tell({ type: 'event', name, payload });
    if (name === 'snapshot' && !(payload as EventPayloads['snapshot']).more) this.#current();
  }

  #current(): void {
    this.#isCurrent = true;
    this.#attempt = 0;
    this.#tell({ type: 'current' });
  }

  #lost(): void {
    this.#stream = null;
    this.#streamId = null;
    const delay = retryDelay(this.#attempt, Math.random);
    this.#attempt += 1;
    this.#store.setLink({ state: 'gone', since: this.#store.lastHeard, retryAt: Date.now() + delay });
    this.#tell(this.#linkNews());
    this.#timer = setTimeout(() => void this.#open(), delay);
  }

  #heard(): void {
    const now = Date.now();
    const isNews = this.#store.link.state !== 'live' || now - this.#heardTold >= HEARD_EVERY;
    this.#store.heard(now);
    if (!isNews) return;
    this.#heardTold = now;
    this.#tell(this.#linkNews());
  }

  #watch(now: number): void {
    for (const [port, { heard }] of this.#clients) if (now - heard > GONE_MS) this.#drop(port);
    const { lastHeard, link } = this.#store;
    if (this.#stream !== null && link.state === 'live' && lastHeard !== null && now - lastHeard > SILENT_AFTER) {
      this.#store.setLink({ state: 'silent', since: lastHeard });
      this.#tell(this.#linkNews());
      this.#tryNow();
    }
    if (this.#surroundings.isShared) return;
    const isSeen = this.#logs.size > 0 || [...this.#clients.values()].some(({ visible }) => visible);
    this.#hiddenSince = isSeen ? null : (this.#hiddenSince ?? now);
    if (this.#hiddenSince !== null && now - this.#hiddenSince > REST_AFTER) this.#close();
  }

  /** Tells the server which logs the stream carries: always all of them, so that a lost word does no harm. */
  #declare(): void {
    this.#declaring = this.#declaring.then(async () => {
      if (this.#streamId === null) return;
      const body = JSON.stringify({ logs: this.#logs.wanted() });
      const headers = { 'content-type': 'application/json' };
      const url = `${this.#base}api/v1/events/${this.#streamId}/logs`;
      const answer = await fetch(url, { method: 'PUT', headers, body }).catch(() => null);
      // Without an answer the stream is broken as well, and says so; the next one is told everything.
      if (answer !== null && answer.status >= 500) setTimeout(() => this.#declare(), retryDelay(1, Math.random));
    });
  }

  #linkNews(): FromHub {
    return { type: 'link', link: this.#store.link, heard: this.#store.lastHeard };
  }

  #tell(message: FromHub): void {
    for (const port of this.#clients.keys()) port.post(message);
  }
}
