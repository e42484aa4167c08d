import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const entry = resolve(root, 'bin/claworc.js');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Environment of a person who has exported nothing of ours. */
export function plainEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { PATH = '' } = process.env;
  // A HOME without a kubeconfig: no test may look at a cluster of the person who runs it.
  return { PATH, HOME: tmpdir(), LANG: 'C.UTF-8', ...extra };
}

interface Options {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** In a process group of its own, which can be killed whole. @default false */
  readonly detached?: boolean;
  /** A command that becomes Claworc by `exec "$@"`. @default none */
  readonly within?: readonly string[];
}

/** A command of the command line that runs, and what it has printed so far. */
export interface Spawned {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly output: () => string;
  readonly exited: Promise<number | null>;
}

export function spawnClaworc(args: readonly string[], options: Options = {}): Spawned {
  const [command = '', ...rest] = [...(options.within ?? []), process.execPath, entry, ...args];
  const child = spawn(command, rest, {
    cwd: options.cwd ?? root,
    env: plainEnvironment(options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: options.detached ?? false,
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  return { child, stdout, stderr, output: () => stdout() + stderr(), exited: exitOf(child) };
}

/** Runs one command of the command line to its end. */
export async function runClaworc(args: readonly string[], options: Options = {}): Promise<Finished> {
  const { exited, stdout, stderr } = spawnClaworc(args, options);
  const code = await exited;
  return { code, stdout: stdout(), stderr: stderr() };
}

/** A running `claworc start`, as its own process, reached over HTTP like a person's curl would. */
export interface RunningClaworc extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** Everything it has printed so far. */
  output(): string;
  request(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** SIGKILL; the process gets no chance to tidy up. */
  kill(): Promise<void>;
  /** The same for it and all that it started; only of one that was started `detached`. */
  killGroup(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export interface Answer {
  readonly status: number;
  // The tests check members of bodies whose shape the API's schemas describe.
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

/** Starts it on a free port and waits for the line with its address; fails with its output if it ends before. */
export async function startClaworc(
  args: readonly string[],
  options: Omit<Options, 'cwd'> & { readonly command?: string } = {},
): Promise<RunningClaworc> {
  const { command = 'start', ...rest } = options;
  const { child, stdout, output, exited } = spawnClaworc([command, '--port', '0', ...args], rest);
  const url = await Promise.race([
    addressIn(child, stdout),
    exited.then((code) => {
      throw new Error(`claworc ended with ${code} before it listened:\n${output()}`);
    }),
  ]);
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    return exited;
  };
  return {
    url,
    pid: child.pid ?? 0,
    output,
    request: (method, path, body, headers) => send(url, method, path, body, headers),
    kill: async () => {
      await end('SIGKILL');
    },
    killGroup: async () => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      await exited;
    },
    stop: () => end('SIGTERM'),
    [Symbol.asyncDispose]: async () => {
      await end('SIGKILL');
    },
  };
}

async function send(
  url: string,
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await fetch(new URL(path, url), {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: text === '' ? {} : (JSON.parse(text) as Answer['body']),
  };
}

function addressIn(child: ChildProcess, stdout: () => string): Promise<string> {
  return new Promise((found) => {
    const look = (): void => {
      const match = /https?:\/\/[^\s]+/.exec(stdout());
      if (match !== null) found(match[0]);
    };
    child.stdout?.on('data', look);
  });
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const parts: string[] = [];
  stream.setEncoding('utf8');
  stream.on('data', (part: string) => parts.push(part));
  return () => parts.join('');
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((done) => child.on('close', (code) => done(code)));
}
