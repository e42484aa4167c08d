import { spawn } from 'node:child_process';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

export interface CgiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
  /** Ends the program, when nobody waits for the rest of its answer. */
  stop(): void;
}

/** Lets `git http-backend` answer a request for a repository below `folder`. */
export function askGit(request: IncomingMessage, folder: string, user: string): Promise<CgiAnswer> {
  const child = spawn('git', ['http-backend'], { env: environment(request, folder, user), stdio: 'pipe' });
  // A client that is refused goes away before all of its request is read.
  child.stdin.on('error', () => undefined);
  request.pipe(child.stdin);
  child.stderr.resume();
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => reject(new Error('git http-backend ended without an answer')));
    let head = Buffer.alloc(0);
    const read = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      child.stdout.off('data', read);
      child.stdout.pause();
      const rest = head.subarray(end + 4);
      if (rest.length > 0) child.stdout.unshift(rest);
      const stop = (): void => void child.kill();
      resolve({ ...parseHead(head.subarray(0, end).toString('latin1')), body: child.stdout, stop });
    };
    child.stdout.on('data', read);
  });
}

function environment(request: IncomingMessage, folder: string, user: string): NodeJS.ProcessEnv {
  const { pathname, search } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const header = (name: keyof IncomingHttpHeaders): string | undefined => request.headers[name]?.toString();
  return {
    PATH: process.env.PATH,
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_PROJECT_ROOT: folder,
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_PROTOCOL: header('git-protocol'),
    PATH_INFO: decodeURIComponent(pathname),
    QUERY_STRING: search.slice(1),
    REQUEST_METHOD: request.method,
    REMOTE_USER: user,
    REMOTE_ADDR: '127.0.0.1',
    CONTENT_TYPE: header('content-type'),
    CONTENT_LENGTH: header('content-length'),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
  };
}

function parseHead(head: string): Pick<CgiAnswer, 'status' | 'headers'> {
  const headers: Record<string, string> = {};
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const { status = '200', ...others } = headers;
  return { status: Number.parseInt(status), headers: others };
}
