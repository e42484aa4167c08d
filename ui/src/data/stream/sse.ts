/** One event of a `text/event-stream`. */
export interface SseEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string | null;
}

/**
 * Splits a text/event-stream into events (WHATWG HTML, 9.2.6). We read the stream through fetch and not through
 * EventSource: that one hides the comments by which a server says that it is alive, and the body of a refusal.
 */
export class SseParser {
  #rest = '';
  #data: string[] = [];
  #event = '';
  #id: string | null = null;

  /** The events that end in `chunk`; an unfinished one waits for the next chunk. */
  push(chunk: string): SseEvent[] {
    const events: SseEvent[] = [];
    const lines = (this.#rest + chunk).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (this.#data.length > 0) {
          events.push({
            event: this.#event === '' ? 'message' : this.#event,
            data: this.#data.join('\n'),
            id: this.#id,
          });
        }
        this.#data = [];
        this.#event = '';
        continue;
      }
      const colon = line.indexOf(':');
      if (colon === 0) continue;
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'data') this.#data.push(value);
      else if (field === 'event') this.#event = value;
      else if (field === 'id') this.#id = value;
    }
    return events;
  }
}

export interface SseHandlers {
  /** The answer began: the stream is open. */
  readonly open: () => void;
  /** Bytes came, even if only a comment. */
  readonly alive: () => void;
  readonly event: (event: SseEvent) => void;
}

/**
 * Reads one stream until it ends or `signal` aborts. Throws what `refusal` makes of an answer that is not ok, and what
 * fetch throws when there is none.
 */
export async function readSse(
  url: string,
  options: { signal: AbortSignal; lastEventId?: string | null; refusal: (response: Response) => Promise<Error> },
  handlers: SseHandlers,
): Promise<void> {
  const headers = new Headers({ accept: 'text/event-stream' });
  if (options.lastEventId) headers.set('last-event-id', options.lastEventId);
  const response = await fetch(url, { headers, signal: options.signal, cache: 'no-store' });
  if (!response.ok || response.body === null) throw await options.refusal(response);
  handlers.open();
  const parser = new SseParser();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    handlers.alive();
    for (const event of parser.push(value)) handlers.event(event);
  }
}
