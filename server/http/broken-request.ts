import { SECURITY_HEADERS } from './security-headers.ts';

/** For a request to come in whole; answers may take as long as they like. */
export const REQUEST_TIMEOUT_MS = 60_000;

const REFUSALS = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The headers of the request are too long.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not come in whole in time.'],
} as const;
const NO_HTTP = ['400 Bad Request', 'This is no valid HTTP request.'] as const;

/** What no route can get to see (no HTTP, too long, too slow): one plain answer, and the connection ends. */
export function answerBrokenRequest(
  error: Error & { readonly code?: string },
  socket: NodeJS.WritableStream & { readonly writable: boolean },
): void {
  if (!socket.writable) return;
  const known = Object.entries(REFUSALS).find(([code]) => code === error.code)?.[1];
  const [status, detail] = known ?? NO_HTTP;
  const body = JSON.stringify({ detail, code: 'invalid' });
  const headers = Object.entries({
    connection: 'close',
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...SECURITY_HEADERS,
  }).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status}`, ...headers, '', body].join('\r\n'));
}
