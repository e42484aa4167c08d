import { ClaworcError } from '../lib/errors.ts';
import type { RateLimit } from './rate-limit.ts';

/** Why a forge didn't do what it was asked; each kind has its own next step. */
export type ForgeTrouble =
  | 'unreachable'
  | 'slow'
  | 'broken'
  | 'rate_limited'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'refused'
  | 'redirected'
  | 'odd';

const SAYS: Readonly<Record<ForgeTrouble, string>> = {
  unreachable: 'it can not be reached. Check the address, the network and the proxy',
  slow: 'it did not answer in time; try again later',
  broken: 'it has a fault of its own; try again later',
  rate_limited: 'it takes no more requests of this token for now',
  unauthorized:
    'it does not accept the token. Put a valid one into the file that was named; it is read again at each try',
  forbidden: 'this token may not do that. Give it the right to read and write pull requests of the repository',
  not_found: 'there is no such thing, or this token may not see it. Check the address and the rights of the token',
  conflict: 'it is in another state than was thought; look again',
  refused: 'it does not take what it was given',
  redirected:
    'it answers with a redirect, which is not followed because the token would go with it. Name the new address',
  odd: 'its answer is none of its API. Check --forge and --forge-url',
};

const OURS: ReadonlySet<ForgeTrouble> = new Set(['unreachable', 'slow', 'broken', 'rate_limited']);

export interface Refusal {
  readonly trouble: ForgeTrouble;
  /** `github.com/owner/name`. */
  readonly where: string;
  /** What was to be done: `open the pull request`. */
  readonly what: string;
  /** The other side's words, or the network's; already without secrets. */
  readonly words: string;
  /** When it takes requests again. */
  readonly limit?: RateLimit;
  readonly cause?: unknown;
}

export function forgeError({ trouble, where, what, words, limit, cause }: Refusal): ClaworcError {
  const when = limit === undefined ? '' : whenOf(limit);
  const said = words === '' ? '' : ` (${words})`;
  return new ClaworcError(
    OURS.has(trouble) ? 'forge_unreachable' : 'forge_refused',
    `${where}: can't ${what}: ${SAYS[trouble]}${when}${said}`,
    {
      subject: where,
      retryable: OURS.has(trouble) || trouble === 'conflict',
      body: { trouble, ...(limit === undefined ? {} : { until: limit.until.toISOString() }) },
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

function whenOf({ until, isTold }: RateLimit): string {
  const time = until.toISOString().replace(/\.\d{3}Z$/, 'Z');
  return isTold ? `, until ${time}` : `, and does not say until when: try again from ${time} on`;
}

/** The trouble that `forgeError` was made for; undefined for any other error. */
export function forgeTroubleOf(error: unknown): ForgeTrouble | undefined {
  if (!(error instanceof ClaworcError) || !error.code.startsWith('forge_')) return undefined;
  const { trouble } = error.body;
  return TROUBLES.find((each) => each === trouble);
}

const TROUBLES: readonly ForgeTrouble[] = [
  ...OURS,
  'unauthorized',
  'forbidden',
  'not_found',
  'conflict',
  'refused',
  'redirected',
  'odd',
];

export function troubleOfStatus(status: number): ForgeTrouble {
  if (status >= 500) return 'broken';
  if (status >= 300 && status < 400) return 'redirected';
  const named: Readonly<Record<number, ForgeTrouble>> = {
    401: 'unauthorized',
    403: 'forbidden',
    404: 'not_found',
    408: 'slow',
    409: 'conflict',
    410: 'not_found',
    429: 'rate_limited',
  };
  return named[status] ?? (status >= 400 ? 'refused' : 'odd');
}

const MAX_WORDS = 400;
// eslint-disable-next-line no-control-regex -- what another machine says must not steer a terminal
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g;

/** Another machine's words for our own message: one line, cut, and without the secrets. */
export function tameWords(text: string, secrets: readonly string[]): string {
  let words = text;
  for (const secret of secrets) if (secret.length > 3) words = words.replaceAll(secret, '****');
  words = words.replace(CONTROL, ' ').replace(/\s+/g, ' ').trim();
  return words.length > MAX_WORDS ? `${words.slice(0, MAX_WORDS)}…` : words;
}
