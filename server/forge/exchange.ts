import { setTimeout as after } from 'node:timers/promises';
import { request, type Dispatcher } from 'undici';
import type { Clock } from '../lib/clock.ts';
import { ClaworcError, messageOf } from '../lib/errors.ts';
import { complaintIn } from './answer.ts';
import { forgeError, tameWords, troubleOfStatus } from './errors.ts';
import { linkToNext } from './pages.ts';
import { limitOf } from './rate-limit.ts';

/** What opens the API: headers of one request, and the texts in them that must not appear anywhere. */
export interface Opening {
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

export interface ForgeCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Below the API's address, with its query. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** For people, after "can't": `open the pull request`. */
  readonly what: string;
  /** Statuses beside those of success that the caller understands. */
  readonly expects?: readonly number[];
  /** Words of an expected refusal after which the same request may succeed in a moment: it is made again. */
  readonly again?: RegExp;
  readonly signal?: AbortSignal | undefined;
}

export interface ForgeAnswer {
  readonly status: number;
  readonly body: unknown;
  /** What the forge said, tamed for a message of ours; empty on success. */
  readonly words: string;
}

export interface ExchangeOptions {
  readonly api: string;
  /** For people. */
  readonly title: string;
  readonly open: () => Promise<Opening>;
  readonly network: ForgeNetwork;
}

/** What all requests to forges share. */
export interface ForgeNetwork {
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  /** Told before a rate limit is waited for. */
  readonly onWait: (message: string, until: Date) => void;
  /** How long an answer may take. @default 30 s */
  readonly answerMs?: number;
  /** A longer limit than this is an error instead of a wait. @default 2 min */
  readonly patienceMs?: number;
  readonly wait?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** Asks for what was asked before only if it differs; forges don't count what doesn't against their limits. */
export interface Exchange {
  /** Throws `forge_unreachable` and `forge_refused`, and the signal's reason when it is called off. */
  readonly send: (call: ForgeCall) => Promise<ForgeAnswer>;
  /** All pages of a list, in the forge's order. */
  readonly list: (call: Omit<ForgeCall, 'method' | 'body' | 'expects'>) => Promise<readonly unknown[]>;
}

const ANSWER_MS = 30_000;
const PATIENCE_MS = 120_000;
const MAX_TRIES = 4;
const BUSY_TRIES = 20;
const BUSY_MS = 1_000;
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
/** With 50 to 100 on a page, far beyond what a pull request has; a list without an end is not followed. */
const MAX_PAGES = 100;

export function createExchange({ api, title, open, network }: ExchangeOptions): Exchange {
  const { dispatcher, clock, onWait, answerMs = ANSWER_MS, patienceMs = PATIENCE_MS, wait = waitFor } = network;

  const known = new Map<string, Known>();

  const once = async (url: string, call: ForgeCall, opening: Opening): Promise<Heard> => {
    const { method, body, what, signal } = call;
    const limit = AbortSignal.timeout(answerMs);
    try {
      const response = await request(url, {
        method,
        dispatcher,
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
        headers: {
          'user-agent': 'claworc',
          ...opening.headers,
          ...(method === 'GET' && known.has(url) ? { 'if-none-match': known.get(url)?.etag } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const heard = { status: response.statusCode, headers: response.headers, text: await capped(response.body) };
      return method === 'GET' ? remembered(known, url, heard) : heard;
    } catch (cause) {
      if (signal?.aborted === true) throw signal.reason;
      if (cause instanceof ClaworcError) throw cause;
      if (cause instanceof TooLarge) throw forgeError({ trouble: 'odd', where: title, what, words: cause.message });
      // Without the cause: undici's errors may hold the request with its headers.
      const words = tameWords(messageOf(cause), opening.secrets);
      const isLate = limit.aborted;
      throw forgeError({
        trouble: isLate ? 'slow' : 'unreachable',
        where: title,
        what,
        words: isLate ? `no answer in ${answerMs / 1_000} s` : words,
      });
    }
  };

  const follow = async (url: string, call: ForgeCall): Promise<ForgeAnswer & { readonly next: string | null }> => {
    for (let tries = 1; ; tries += 1) {
      const opening = await open();
      const { status, headers, text } = await once(url, call, opening);
      const body = parse(text);
      const words = status < 300 ? '' : tameWords(complaintIn(body.value), opening.secrets);
      const limit = limitOf({ status, headers, words }, clock.now());
      if (limit === null && (status < 300 || call.expects?.includes(status) === true)) {
        if (!body.isJson && status < 300)
          throw forgeError({ trouble: 'odd', where: title, what: call.what, words: '' });
        return { status, body: body.value, words, next: linkToNext(headers.link, api) };
      }
      const ms = limit === null ? 0 : limit.until.getTime() - clock.now();
      if (limit === null || ms > patienceMs || tries === MAX_TRIES) {
        const trouble = limit === null ? troubleOfStatus(status) : 'rate_limited';
        throw forgeError({
          trouble,
          where: title,
          what: call.what,
          words: words === '' ? `status ${status}` : words,
          ...(limit === null ? {} : { limit }),
        });
      }
      onWait(`${title} takes no more requests for now; waiting to ${call.what}`, limit.until);
      await wait(Math.max(ms, 1_000), call.signal);
    }
  };

  const send = async (call: ForgeCall): Promise<ForgeAnswer> => {
    for (let tries = 1; ; tries += 1) {
      const answer = await follow(`${api}${call.path}`, call);
      if (answer.status < 300 || tries === BUSY_TRIES || call.again?.test(answer.words) !== true) return answer;
      await wait(BUSY_MS, call.signal);
    }
  };

  return {
    send,
    list: async (call) => {
      const items: unknown[] = [];
      let url: string | null = `${api}${call.path}`;
      for (let page = 0; url !== null; page += 1) {
        if (page === MAX_PAGES) {
          throw forgeError({ trouble: 'odd', where: title, what: call.what, words: `more than ${MAX_PAGES} pages` });
        }
        const answer: ForgeAnswer & { readonly next: string | null } = await follow(url, { ...call, method: 'GET' });
        if (!Array.isArray(answer.body)) {
          throw forgeError({ trouble: 'odd', where: title, what: call.what, words: 'not a list' });
        }
        items.push(...(answer.body as readonly unknown[]));
        url = answer.next;
      }
      return items;
    },
  };
}

/** An answer to a question that is asked again and again. */
interface Known {
  readonly etag: string;
  readonly text: string;
  readonly link: string | string[] | undefined;
}

const MOST_KNOWN = 400;
const MOST_KNOWN_CHARACTERS = 200_000;

/** Keeps an answer, or gives the kept one where nothing differs; the ones that were asked for longest ago are let go. */
function remembered(known: Map<string, Known>, url: string, heard: Heard): Heard {
  const before = known.get(url);
  known.delete(url);
  if (heard.status === 304 && before !== undefined) {
    known.set(url, before);
    return { status: 200, headers: { ...heard.headers, link: before.link }, text: before.text };
  }
  const { etag, link } = heard.headers;
  if (heard.status === 200 && typeof etag === 'string' && heard.text.length <= MOST_KNOWN_CHARACTERS) {
    known.set(url, { etag, text: heard.text, link });
    for (const oldest of known.keys()) if (known.size > MOST_KNOWN) known.delete(oldest);
  }
  return heard;
}

interface Heard {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

class TooLarge extends Error {
  constructor() {
    super(`more than ${MAX_ANSWER_BYTES / 1024 / 1024} MiB`);
  }
}

async function capped(body: AsyncIterable<unknown>): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of body) {
    if (!Buffer.isBuffer(part)) continue;
    bytes += part.length;
    if (bytes > MAX_ANSWER_BYTES) throw new TooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parse(text: string): { readonly isJson: boolean; readonly value: unknown } {
  if (text.trim() === '') return { isJson: true, value: null };
  try {
    const value: unknown = JSON.parse(text);
    return { isJson: true, value };
  } catch {
    return { isJson: false, value: null };
  }
}

async function waitFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await after(ms, undefined, signal === undefined ? {} : { signal });
}
