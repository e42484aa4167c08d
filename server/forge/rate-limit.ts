interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly words: string;
}

/** What GitHub asks for where its second limit names no time. */
const UNTOLD_MS = 60_000;
/** No forge counts over more than a day: what is later is no time, or one of a clock that is wrong. */
const LONGEST_MS = 24 * 60 * 60_000;
/** Forges give the second of the reset since 1970; what is far below that is how many seconds are left. */
const IS_TIME = 1_000_000_000;
/** Far above it are milliseconds. */
const IS_MILLISECONDS = 100_000_000_000;

export interface RateLimit {
  readonly until: Date;
  /** False where the forge named no time that can be believed: then it is worth a try at `until`. */
  readonly isTold: boolean;
}

/** When a forge takes requests again, if this answer says that it takes none now; else null. */
export function limitOf({ status, headers, words }: Told, now: number): RateLimit | null {
  if (status !== 403 && status !== 429) return null;
  const after = timeOf(headers['retry-after'], now);
  const left = textOf(headers['x-ratelimit-remaining'] ?? headers['ratelimit-remaining']);
  const isUsedUp = left !== undefined && /^0+$/.test(left);
  const isNamed = /secondary rate limit|abuse detection|rate limit exceeded|too many requests/i.test(words);
  if (status !== 429 && after === null && !isUsedUp && !isNamed) return null;
  // A limit that is not used up gives a reset with each answer, which is another limit's.
  const until = after ?? (isUsedUp ? timeOf(headers['x-ratelimit-reset'] ?? headers['ratelimit-reset'], now) : null);
  const isTold = until !== null && until >= now && until - now <= LONGEST_MS;
  return { until: new Date(isTold ? until : now + UNTOLD_MS), isTold };
}

/** A number of seconds, a time as such a number, or an HTTP date; null for what is none of them. */
function timeOf(header: string | string[] | undefined, now: number): number | null {
  const text = textOf(header);
  if (text === undefined) return null;
  if (/^\d{1,15}(\.\d{1,9})?$/.test(text)) {
    const number = Number(text);
    if (number < IS_TIME) return now + number * 1_000;
    return number < IS_MILLISECONDS ? number * 1_000 : number;
  }
  const date = /^[A-Za-z]{3,9}, /.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? null : date;
}

function textOf(header: string | string[] | undefined): string | undefined {
  return (Array.isArray(header) ? header[0] : header)?.trim();
}
