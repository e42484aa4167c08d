import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClaworc, type RunningClaworc, type StartOptions } from '../../server/http/start.ts';
import type { ErrorBody } from '../../server/http/schemas/common.ts';
import type { Instance } from '../../server/http/schemas/instance.ts';
import type { FleetState } from '../../server/http/schemas/answers.ts';
import { systemClock } from '../../server/lib/clock.ts';
import type { Log } from '../../server/lib/log.ts';
import { systemRandom } from '../../server/lib/random.ts';
import { clusterConnector } from '../../server/services/cluster/connect.ts';

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error' | 'debug';
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>> | undefined;
}

/** A log that keeps every line. */
export function keepingLog(lines: LogLine[]): Log {
  const at =
    (level: LogLine['level']) =>
    (message: string, data?: Readonly<Record<string, unknown>>): void =>
      void lines.push({ level, message, data });
  const log: Log = { info: at('info'), warn: at('warn'), error: at('error'), debug: at('debug'), child: () => log };
  return log;
}

export interface TestServer extends AsyncDisposable {
  readonly running: RunningClaworc;
  readonly address: string;
  readonly data: string;
  readonly lines: readonly LogLine[];
  /** A request as curl makes it; a body is sent as JSON. */
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answer>;
}

/** What tests look at in answers of every shape. */
type AnswerBody = Partial<Instance> &
  Partial<Omit<FleetState, 'git'>> &
  Partial<ErrorBody> &
  Readonly<Record<string, unknown>>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed, where it is JSON. */
  readonly body: AnswerBody;
}

export interface TestServerOptions extends Partial<StartOptions> {
  /** Folder of the built UI. @default one that is not there */
  readonly ui?: string;
}

/** A whole Claworc on a temporary folder and a free port of loopback, without a cluster. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const data = options.data ?? (await mkdtemp(join(tmpdir(), 'claworc-test-')));
  const { ui = join(data, 'no-ui') } = options;
  const lines: LogLine[] = [];
  const running = await startClaworc({
    data,
    host: '127.0.0.1',
    port: 0,
    prepare: async () => ({ ui }),
    withExamples: false,
    author: { name: 'hans@laptop', email: 'hans@laptop' },
    log: keepingLog(lines),
    clock: systemClock,
    random: systemRandom,
    version: '0.0.0-test',
    connectCluster: clusterConnector({ env: {} }),
    ...options,
  });
  return {
    running,
    address: running.address,
    data,
    lines,
    call: async (method, path, body, headers = {}) => {
      const response = await fetch(`${running.address}${path.startsWith('/') ? path : `/api/v1/${path}`}`, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
      return {
        status: response.status,
        headers: response.headers,
        text,
        body: (isJson ? JSON.parse(text) : {}) as AnswerBody,
      };
    },
    [Symbol.asyncDispose]: async () => {
      await running.stop();
      if (options.data === undefined) await rm(data, { recursive: true, force: true });
    },
  };
}
