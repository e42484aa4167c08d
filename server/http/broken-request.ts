import { SECURITY_HEADERS } from './security-headers.ts';

/** For a request to come in whole; answers may take as long as they like. */
export const REQUEST_TIMEOUT_MS = 60_000;

/** What is no HTTP at all: one plain answer, and the connection ends. */
export function answerBrokenRequest(
  _error: Error,
  socket: NodeJS.WritableStream & { readonly writable: boolean },
): void {
  if (!socket.writable) return;
  const body = JSON.stringify({ detail: 'This is no valid HTTP request.', code: 'invalid' });
  const headers = Object.entries({
    connection: 'close',
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...SECURITY_HEADERS,
  }).map(([name, value]) => `${name}: ${value}`);
  socket.end(['HTTP/1.1 400 Bad Request', ...headers, '', body].join('\r\n'));
}
