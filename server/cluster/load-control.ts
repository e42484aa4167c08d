import { backoffMs } from './retry.ts';

export interface LoadControlOptions {
  /** Requests at once, to begin with. */
  readonly start: number;
  readonly most: number;
  readonly random: () => number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** Slower answers alone never bring the limit below this: the server works, and refuses nothing. */
const LEAST_WHEN_SLOW = 4;
/** Answers are slow when they take this much longer than the fastest that were seen together. */
const SLOW_FACTOR = 2;
const SLOW_EXTRA_MS = 20;
/** The fastest that was seen is believed a little less with each look, as a server may get other work for good. */
const FORGETS = 1.02;
const LONGEST_REST_MS = 32_000;

/**
 * How many requests may be under way at once, found out from the answers: one more while all places are used and answers
 * come as fast as they did, a tenth less when they get slow, half after a refusal for load; and when the next may be sent,
 * which a refusal puts off for all, for as long as the server said or longer the more often it refuses. (Additive increase and
 * multiplicative decrease, as TCP has it in RFC 5681; `Retry-After` of RFC 9110.)
 */
export class LoadControl {
  readonly #options: LoadControlOptions;
  #limit: number;
  #restsUntil = 0;
  /** Refusals since the last answer. */
  #refusals = 0;
  /** Requests that were sent under the same limit count as one refusal, however many of them are refused. */
  #round = 0;
  #fastest = Infinity;
  #sum = 0;
  #count = 0;
  #wasFull = false;

  constructor(options: LoadControlOptions) {
    this.#options = options;
    this.#limit = Math.min(options.start, options.most);
  }

  get limit(): number {
    return this.#limit;
  }

  /** What a request that is sent now has to hand back with its answer. */
  get round(): number {
    return this.#round;
  }

  /** Milliseconds until the next request may be sent; 0 at once. */
  restMs(): number {
    return Math.max(0, this.#restsUntil - this.#options.now());
  }

  /** An answer came that was no refusal for load. `isFull`: every place was used when it was sent. */
  answered(tookMs: number, isFull: boolean): void {
    this.#refusals = 0;
    this.#sum += tookMs;
    this.#count++;
    this.#wasFull ||= isFull;
    if (this.#count < this.#limit) return;
    const mean = this.#sum / this.#count;
    this.#fastest = Math.min(mean, this.#fastest * FORGETS);
    if (mean > this.#fastest * SLOW_FACTOR + SLOW_EXTRA_MS) {
      const less = Math.max(LEAST_WHEN_SLOW, Math.floor(this.#limit * 0.9));
      this.#limit = Math.min(this.#limit, less);
    } else if (this.#wasFull) this.#limit = Math.min(this.#options.most, this.#limit + 1);
    this.#sum = 0;
    this.#count = 0;
    this.#wasFull = false;
  }

  /** The server refused a request of this round for load; `retryAfterMs` where it said for how long. */
  refused(round: number, retryAfterMs: number | undefined): void {
    const { now, random } = this.#options;
    const isFirst = round === this.#round;
    if (isFirst) {
      this.#round++;
      this.#refusals++;
      this.#limit = Math.max(1, Math.floor(this.#limit / 2));
    }
    const asked = retryAfterMs ?? 0;
    // Half of it for sure: a server that refuses again and again is asked more and more seldom.
    const longest = Math.min(LONGEST_REST_MS, 250 * 2 ** this.#refusals);
    const rest = Math.max(asked + backoffMs(0, random, 250), longest / 2 + backoffMs(0, random, longest / 2));
    if (isFirst || asked > 0) this.#restsUntil = Math.max(this.#restsUntil, now() + rest);
  }
}
