import type { EventPayloads, LogLine } from '../../../../server/http/schemas/answers.ts';
import type { StreamLogs } from '../../../../server/http/schemas/requests.ts';
import type { FromHub } from './messages.ts';

/** Lines that are asked for again after a break; the page drops those that it has. */
const RESUME_TAIL = 1_000;

interface Followed<Port> {
  readonly port: Port;
  /** The page's own number of it. */
  readonly key: number;
  readonly instance: string;
  tail: number;
  lines: LogLine[];
}

/** The logs of all pages, as the one stream carries them. `post` hands a page its part. */
export class HubLogs<Port> {
  readonly #post: (port: Port, message: FromHub) => void;
  /** By the key that the stream knows. */
  readonly #followed = new Map<string, Followed<Port>>();
  #next = 1;
  #isFlushing = false;

  constructor(post: (port: Port, message: FromHub) => void) {
    this.#post = post;
  }

  get size(): number {
    return this.#followed.size;
  }

  /** What the server is told. */
  wanted(): StreamLogs['logs'] {
    return [...this.#followed].map(([key, { instance, tail }]) => ({ key, instance, tail }));
  }

  add(port: Port, key: number, instance: string, tail: number): void {
    this.#followed.set(String(this.#next++), { port, key, instance, tail, lines: [] });
  }

  remove(port: Port, key: number): void {
    for (const [own, log] of this.#followed) if (log.port === port && log.key === key) this.#followed.delete(own);
  }

  /** True where the page followed any. */
  removeAll(port: Port): boolean {
    const before = this.#followed.size;
    for (const [own, log] of this.#followed) if (log.port === port) this.#followed.delete(own);
    return this.#followed.size < before;
  }

  /** Lines of one piece of the stream reach their page together. */
  takeLine({ key, ...line }: EventPayloads['log']): void {
    this.#followed.get(key)?.lines.push(line);
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(() => this.#flush());
  }

  takeState({ key, ...news }: EventPayloads['log_state']): void {
    this.#flush();
    const log = this.#followed.get(key);
    if (log === undefined) return;
    if (news.state === 'following') log.tail = RESUME_TAIL;
    // What is over is not asked for again on the next stream; the page does that, under another key.
    else this.#followed.delete(key);
    this.#post(log.port, { type: 'log', key: log.key, news });
  }

  #flush(): void {
    this.#isFlushing = false;
    for (const log of this.#followed.values()) {
      if (log.lines.length === 0) continue;
      this.#post(log.port, { type: 'lines', key: log.key, lines: log.lines });
      log.lines = [];
    }
  }
}
