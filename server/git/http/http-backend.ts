import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ClaworcError } from '../../lib/errors.ts';
import { joined, requestBody, type RequestBody } from './request-body.ts';
import { commandEnvironment, CONFIG, placeVariables, type RepositoryPlace } from '../client.ts';
import { parsePushHead, refusedPush, whyNoPush, type PushHead } from './push-commands.ts';

export type GitService = 'git-upload-pack' | 'git-receive-pack';

export interface BackendRequest {
  readonly service: GitService;
  /** Null for the list of refs, which is what comes first. */
  readonly body: Readable | null;
  readonly gzipped: boolean;
  /** The header `Git-Protocol`. */
  readonly protocol: string | undefined;
  /** Why nothing may be pushed to main now, for whoever tries. */
  readonly mainIsClosed?: string | undefined;
  /** Ends git. */
  readonly signal: AbortSignal;
}

export interface BackendAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Readable | Buffer;
}

export interface HttpBackend {
  /** Throws `invalid` for what is no request of git's, `too_large` for one that asks for too much. */
  answer(request: BackendRequest): Promise<BackendAnswer>;
}

export interface BackendOptions {
  readonly gitFolder: string;
  readonly ceiling: string;
  readonly mainRef: string;
  readonly place: () => RepositoryPlace;
  /** As in `GitOptions`. */
  readonly onSilence?: () => void;
  /** After how long without a word git is ended, when all has come in. @default three minutes: refs are moved in silence */
  readonly silentMs?: number;
  /** @default 64 MiB */
  readonly maxBody?: number;
}

type Child = ChildProcessByStdio<Writable, Readable, null>;

const MAX_BODY = 67_108_864;
const MAX_HEAD = 16_384;
/** What git's http-backend takes of a question: as much as a clone with a hundred thousand branches asks. */
const MAX_QUESTION = 10_485_760;
const TOO_MANY_WANTS = 'More than 10 MiB in one question: git asks for less at once.';
/** For a git that was asked to end, in milliseconds. */
const PATIENCE_MS = 3_000;
const SILENT_MS = 180_000;

/** Refs that nobody has to know about, and what is ours in place of the settings of the repository. */
const SERVED = [
  'http.uploadpack=true',
  'http.receivepack=true',
  'http.getanyfile=false',
  'transfer.hideRefs=refs/',
  'transfer.hideRefs=!refs/heads/',
  'transfer.hideRefs=!refs/tags/',
  'transfer.advertiseSID=false',
  'receive.autogc=false',
  'receive.denyDeleteCurrent=true',
  // Whose repository it is was looked at when it was opened.
  'safe.directory=*',
];

/**
 * git's own http-backend for one bare repository, smart protocol only, streamed both ways. It never sees the config of the
 * repository, nor runs its hooks. Main only moves forward; other branches may be made, moved and deleted.
 */
export function createHttpBackend(options: BackendOptions): HttpBackend {
  const { mainRef, maxBody = MAX_BODY } = options;
  return {
    answer: async ({ service, body, gzipped, protocol, mainIsClosed, signal }) => {
      signal.throwIfAborted();
      const variables = protocol === undefined ? {} : { GIT_PROTOCOL: protocol };
      if (body === null) {
        const list = { REQUEST_METHOD: 'GET', PATH_INFO: '/info/refs', QUERY_STRING: `service=${service}` };
        const child = start(options, [], { ...variables, ...list }, signal);
        child.stdin.end();
        return answerOf(child, options);
      }
      const isPush = service === 'git-receive-pack';
      const limit = isPush ? maxBody : Math.min(maxBody, MAX_QUESTION);
      const input = requestBody(body, { gzipped, limit, tooLarge: isPush ? tooMuch(limit) : TOO_MANY_WANTS, signal });
      const post = {
        REQUEST_METHOD: 'POST',
        PATH_INFO: `/${service}`,
        CONTENT_TYPE: `application/x-${service}-request`,
        ...variables,
      };
      if (!isPush) {
        return sentAway(input, () => {
          const child = start(options, [], post, signal);
          return exchange(child, input, joined(Buffer.alloc(0), input.chunks), options);
        });
      }
      const { head, bytes } = await sentAway(input, () => readPushHead(input));
      const refusal = whyNoPush(head, mainRef, mainIsClosed);
      if (refusal !== undefined) return refuse(head, refusal, input);
      const touchesMain = head.commands.some(({ ref }) => ref === mainRef);
      const config = [
        `receive.denyNonFastForwards=${touchesMain}`,
        `receive.denyDeletes=${touchesMain}`,
        `receive.maxInputSize=${maxBody}`,
      ];
      return sentAway(input, async () => {
        const child = start(options, config, post, signal);
        try {
          return await exchange(child, input, joined(bytes, input.chunks), options);
        } catch (error) {
          if (!(error instanceof ClaworcError) || error.code !== 'too_large') throw error;
          return refuse(head, error.message, input);
        }
      });
    },
  };
}

const tooMuch = (limit: number): string =>
  `More than ${Math.floor(limit / 1_048_576)} MiB in one push; push fewer commits at once, and no large files.`;

/** What a failure leaves of a request is taken all the same: its client would go on sending, and never see the answer. */
async function sentAway<T>(input: RequestBody, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    void input.drain();
    throw error;
  }
}

/** It is looked at as often as its length doubles: a client may send byte by byte. */
async function readPushHead({ chunks }: RequestBody): Promise<{ readonly head: PushHead; readonly bytes: Buffer }> {
  const parts: Buffer[] = [];
  let length = 0;
  for (let enough = 4_096; ; enough *= 2) {
    let isWhole = false;
    while (length < enough && !isWhole) {
      const step = await chunks.next();
      isWhole = step.done === true;
      if (step.done === true) break;
      parts.push(step.value);
      length += step.value.length;
    }
    const bytes = Buffer.concat(parts);
    const head = parsePushHead(bytes);
    if (head === 'broken' || (head === 'more' && isWhole)) {
      throw new ClaworcError('invalid', 'This is not what `git push` sends.');
    }
    if (head !== 'more') return { head, bytes };
  }
}

async function refuse(head: PushHead, reason: string, input: RequestBody): Promise<BackendAnswer> {
  await input.drain();
  const headers = new Map([
    ['content-type', 'application/x-git-receive-pack-result'],
    ['cache-control', 'no-cache, max-age=0, must-revalidate'],
  ]);
  return { status: 200, headers, body: refusedPush(head, reason) };
}

function start(
  { gitFolder, ceiling, place }: BackendOptions,
  config: readonly string[],
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Child {
  const settings = [...CONFIG, ...SERVED, ...config].flatMap((each) => ['-c', each]);
  const { GIT_COMMON_DIR, GIT_OBJECT_DIRECTORY } = placeVariables(place());
  const child = spawn('git', [...settings, 'http-backend'], {
    cwd: gitFolder,
    env: {
      ...commandEnvironment(ceiling),
      GIT_COMMON_DIR,
      GIT_OBJECT_DIRECTORY,
      GIT_PROJECT_ROOT: gitFolder,
      GIT_HTTP_EXPORT_ALL: '1',
      ...variables,
    },
    // What git says to the one who asked goes over the wire; the rest is about this machine.
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // Seen as an answer that doesn't come, and as a request that isn't read to its end.
  child.once('error', () => undefined);
  child.stdin.on('error', () => undefined);
  const stop = (): void => end(child);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  child.once('close', () => signal.removeEventListener('abort', stop));
  return child;
}

/** git takes its locks and what it has not finished away when it is asked to end. */
function end(child: Child): void {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  child.once('close', () => clearTimeout(timer));
}

/** Until all has come in git has nothing to say but what ends it, and that keeps. */
async function exchange(
  child: Child,
  input: RequestBody,
  source: AsyncGenerator<Buffer>,
  options: BackendOptions,
): Promise<BackendAnswer> {
  try {
    await pipeline(source, child.stdin);
  } catch (error) {
    if (!isDeaf(error)) {
      end(child);
      throw error;
    }
    // What git answers counts, also where it did not want to hear all.
    await input.drain();
    return answerOf(
      child,
      options,
      new ClaworcError('invalid', 'git took only a part of this, and said nothing of it.'),
    );
  }
  return answerOf(child, options);
}

function isDeaf(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && ['EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(String(error.code))
  );
}

/** What git says, until it says nothing for too long: then it is ended. A client that takes nothing keeps nobody waiting here. */
function untilSilent(child: Child, { silentMs = SILENT_MS, onSilence }: BackendOptions): AsyncIterator<Buffer> {
  const chunks = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  return {
    next: async () => {
      const silence = { isTooLong: false };
      const timer = setTimeout(() => {
        silence.isTooLong = true;
        end(child);
      }, silentMs);
      try {
        const step = await chunks.next();
        if (!silence.isTooLong) return step;
      } finally {
        clearTimeout(timer);
      }
      onSilence?.();
      throw new ClaworcError('git_refused', `git said nothing for ${silentMs / 1_000} s, and was ended.`);
    },
  };
}

/** Parses the head of a CGI answer; its body is handed on. */
async function answerOf(
  child: Child,
  options: BackendOptions,
  without = new ClaworcError('git_refused', 'git gave no answer; is its http-backend installed?'),
): Promise<BackendAnswer> {
  const { stdout } = child;
  const chunks = untilSilent(child, options);
  let bytes = Buffer.alloc(0);
  let end = -1;
  while (end < 0) {
    const step = bytes.length > MAX_HEAD ? undefined : await chunks.next();
    if (step === undefined || step.done === true) {
      throw without;
    }
    bytes = Buffer.concat([bytes, step.value]);
    end = bytes.indexOf('\r\n\r\n');
  }
  const headers = new Map<string, string>();
  for (const line of bytes.toString('latin1', 0, end).split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const status = Number.parseInt(headers.get('status') ?? '200', 10);
  headers.delete('status');
  const body = Readable.from(joined(bytes.subarray(end + 4), chunks), { objectMode: false });
  body.once('close', () => stdout.destroy());
  return { status, headers, body };
}
