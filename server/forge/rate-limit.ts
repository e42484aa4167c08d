interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly words: string;
}

/** What GitHub asks for where its second limit names no time. */
const SECONDARY_MS = 60_000;
/** Forges give the second of the reset since 1970; what is far below that is how many seconds are left. */
const IS_TIME = 1_000_000_000;

/** When a forge takes requests again, if this answer says that it takes none now; else null. */
export function limitOf({ status, headers, words }: Told, now: number): Date | null {
  if (status !== 403 && status !== 429) return null;
  const after = seconds(headers['retry-after']);
  if (after !== null) return new Date(now + after * 1_000);
  const left = seconds(headers['x-ratelimit-remaining']) ?? seconds(headers['ratelimit-remaining']);
  const reset = seconds(headers['x-ratelimit-reset']) ?? seconds(headers['ratelimit-reset']);
  if (left === 0 && reset !== null)
    return new Date(reset < IS_TIME ? now + reset * 1_000 : Math.max(reset * 1_000, now));
  if (status === 429 || /secondary rate limit|abuse detection/i.test(words)) return new Date(now + SECONDARY_MS);
  return null;
}

function seconds(header: string | string[] | undefined): number | null {
  const text = Array.isArray(header) ? header[0] : header;
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : null;
}
