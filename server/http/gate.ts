import type { IncomingHttpHeaders } from 'node:http';

/** Who may talk to this server: exact, lower-case, with a port unless it is the scheme's own. */
export interface Doors {
  /** Values of `Host`. */
  readonly hosts: ReadonlySet<string>;
  /** Values of `Origin`. */
  readonly origins: ReadonlySet<string>;
}

export type Decision =
  { readonly allowed: true } | { readonly allowed: false; readonly status: 403 | 415; readonly reason: string };

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const ALLOWED: Decision = { allowed: true };

/**
 * Whether a request may come in at all, before anything else looks at it. Local services are attacked by web pages:
 * a foreign `Host` is DNS rebinding, a foreign `Origin` or `Sec-Fetch-Site` is a page of somebody else, and a write
 * that is not JSON is what a plain HTML form can send. A client that is no browser sends no `Origin` and may write.
 * The right to open a WebSocket needs an allowed `Origin`, present.
 */
export function decide(method: string, headers: IncomingHttpHeaders, isUpgrade: boolean, doors: Doors): Decision {
  const host = headers.host?.toLowerCase();
  if (host === undefined || !doors.hosts.has(host)) {
    return refuse(`the Host ${quote(host)} is not this server's; use its own address, or start it with --public-url`);
  }
  const origin = headers.origin;
  if (origin !== undefined && !doors.origins.has(origin)) {
    return refuse(`requests from the page ${quote(origin)} are not let in`);
  }
  if (!isTrustedSite(method, headers)) return refuse('requests from a page of another site are not let in');
  if (isUpgrade) {
    return origin === undefined ? refuse('a WebSocket needs the Origin of the page that opens it') : ALLOWED;
  }
  if (SAFE_METHODS.has(method)) return ALLOWED;
  const type = headers['content-type'];
  if (type === undefined ? hasBody(headers) : !isJson(type)) {
    return { allowed: false, status: 415, reason: 'send the body as Content-Type: application/json' };
  }
  return ALLOWED;
}

/** True for `application/json`, alone or with `charset=utf-8`; nothing else is read. */
export function isJson(contentType: string): boolean {
  return /^application\/json(?:\s*;\s*charset=(?:utf-8|"utf-8"))?$/i.test(contentType.trim());
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
