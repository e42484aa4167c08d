const GAP = 5_000;

/** Feeds the one polite live region of the page: at most one message in 5 s, the messages of the gap joined into one. */
export class Announcer extends EventTarget {
  #message = '';
  #waiting: string[] = [];
  #lastAt = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    super();
    this.#now = now;
  }

  get message(): string {
    return this.#message;
  }

  say(message: string): void {
    this.#waiting.push(message);
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#lastAt + GAP - this.#now());
    if (wait === 0) this.#speak();
    else this.#timer = setTimeout(() => this.#speak(), wait);
  }

  #speak(): void {
    this.#timer = undefined;
    const [first = '', ...more] = this.#waiting;
    this.#message =
      more.length === 0
        ? first
        : more.length < 3
          ? [first, ...more].join('. ')
          : `${first}, and ${more.length} more changes`;
    this.#waiting = [];
    this.#lastAt = this.#now();
    this.dispatchEvent(new Event('change'));
  }
}
