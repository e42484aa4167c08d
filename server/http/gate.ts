import type { IncomingHttpHeaders } from 'node:http';
import type { ErrorCode } from '../lib/errors.ts';
import { authorityOfTarget, canonicalAuthority, canonicalOrigin, isAddress } from './authority.ts';

/** Who may talk to this server, each in its one spelling (authority.ts). */
export interface Doors {
  /** Values of `Host`. */
  readonly hosts: ReadonlySet<string>;
  /** Values of `Origin`. */
  readonly origins: ReadonlySet<string>;
}

export type Decision =
  { readonly allowed: true } | { readonly allowed: false; readonly status: 400 | 403 | 415; readonly reason: string };

/** The error code of each refusal. */
export const CODES = { 400: 'invalid', 403: 'forbidden', 415: 'unsupported_media_type' } as const satisfies Record<
  number,
  ErrorCode
>;

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const ALLOWED: Decision = { allowed: true };

/** The head of a request, as far as the gate looks at it. */
export interface RequestHead {
  readonly method: string;
  /** The request target as it was sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, with every repeated header. */
  readonly rawHeaders: readonly string[];
  readonly isUpgrade: boolean;
}

/**
 * Whether a request may come in at all, before anything else looks at it. Local services are attacked by web pages:
 * a foreign `Host` is DNS rebinding, a foreign `Origin` or `Sec-Fetch-Site` is a page of somebody else, and a write
 * that is neither JSON nor git's is what a plain HTML form can send. A client that is no browser sends no `Origin` and may write.
 * The right to open a WebSocket needs an allowed `Origin`, present. `/health` is let in under any `Host`: a kubelet asks
 * by the address of the pod. So does what collects `/metrics`, which names bots: it is let in under any address of digits, which
 * no page of somebody else can have brought a browser to take for its own.
 */
export function decide(head: RequestHead, doors: Doors): Decision {
  const { method, headers, isUpgrade } = head;
  if (countHosts(head) > 1) return { allowed: false, status: 400, reason: 'the request has more than one Host' };
  const foreign = isProbe(head) || isScrape(head) ? undefined : foreignHost(head, doors);
  if (foreign !== undefined) {
    return refuse(`the Host ${foreign} is not this server's; use its own address, or start it with --public-url`);
  }
  const { origin } = headers;
  if (origin !== undefined && !doors.origins.has(canonicalOrigin(origin) ?? '')) {
    return refuse(`requests from the page ${quote(origin)} are not let in`);
  }
  if (!isTrustedSite(method, headers)) return refuse('requests from a page of another site are not let in');
  if (isUpgrade) {
    return origin === undefined ? refuse('a WebSocket needs the Origin of the page that opens it') : ALLOWED;
  }
  if (SAFE_METHODS.has(method)) return ALLOWED;
  const type = headers['content-type'];
  if (type === undefined ? hasBody(headers) : !isJson(type) && !isGit(type)) {
    return { allowed: false, status: 415, reason: 'send the body as Content-Type: application/json' };
  }
  return ALLOWED;
}

/** True where a request names this server by an address of its own. */
export function isOwnHost(host: string | undefined, doors: Doors): boolean {
  return host !== undefined && doors.hosts.has(canonicalAuthority(host) ?? '');
}

/** True for `application/json`, alone or with `charset=utf-8`; nothing else is read. */
export function isJson(contentType: string): boolean {
  return /^application\/json(?:\s*;\s*charset=(?:utf-8|"utf-8"))?$/i.test(contentType.trim());
}

/** What git sends, and no page of another site without being asked first (a preflight, which is never granted). */
export function isGit(contentType: string): boolean {
  return /^application\/x-git-(?:upload|receive)-pack-request$/.test(contentType);
}

/** RFC 9112 3.2: a proxy and this server could each believe another one of two. */
function countHosts({ rawHeaders }: RequestHead): number {
  return rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length;
}

/** The Host, or the authority of an absolute target, that is not ours; quoted. */
function foreignHost({ headers, target }: RequestHead, doors: Doors): string | undefined {
  if (!isOwnHost(headers.host, doors)) return quote(headers.host);
  const authority = authorityOfTarget(target);
  return authority === undefined || isOwnHost(authority, doors) ? undefined : quote(authority);
}

function isProbe({ method, target, isUpgrade }: RequestHead): boolean {
  return target === '/health' && !isUpgrade && (method === 'GET' || method === 'HEAD');
}

function isScrape({ method, target, headers, isUpgrade }: RequestHead): boolean {
  const isRead = target === '/metrics' && !isUpgrade && (method === 'GET' || method === 'HEAD');
  return isRead && isAddress(headers.host);
}

/** Browsers say where a request comes from; following a link to a page from elsewhere is harmless and wanted. */
function isTrustedSite(method: string, headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin') return true;
  if (!SAFE_METHODS.has(method)) return false;
  return site === 'none' || (headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document');
}

function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function refuse(reason: string): Decision {
  return { allowed: false, status: 403, reason };
}

function quote(text: string | undefined): string {
  return text === undefined ? '(none)' : JSON.stringify(text.slice(0, 100));
}
