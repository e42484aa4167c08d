import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readRepo, synthRepo } from '../constructs/repo/index.ts';
import type { Instance } from '../server/http/schemas/instance.ts';
import { benchFiles } from './fleet.ts';

/** `claworc start` in a process of its own, measured from outside (Linux: it reads /proc). */
export interface Program {
  readonly address: string;
  /** Seconds of CPU so far, git's own left out. */
  cpu(): number;
  /** Seconds of CPU of the git processes so far. */
  gitCpu(): number;
  /** Megabytes. */
  memory(): { readonly now: number; readonly peak: number };
  /** Resolves when the list of bots is there. */
  look(): Promise<void>;
  list(): Promise<{ readonly bots: readonly Instance[]; readonly bytes: number }>;
  /** Waits until every bot (or the named one) is as asked. */
  until(isThere: (bot: Instance) => boolean, timeoutMs: number, name?: string): Promise<void>;
  firstPage(): Promise<{ readonly firstMs: number; readonly wholeMs: number; readonly largest: number }>;
  /** Sets the CPU limit of a bot; resolves with its commit. */
  edit(name: string, cpu: string): Promise<void>;
  /** Sends a small request every 20 ms and watches the event loop; the answer ends that and gives the longest waits in ms. */
  watchStalls(): () => Promise<Stalls>;
  stop(): Promise<void>;
}

export interface Stalls {
  /** Of a request, which waits for the machine's other work too. */
  readonly request: number;
  /** Of the event loop, seen from inside. */
  readonly loop: number;
  /** CPU of the longest piece of work between two turns of the event loop. */
  readonly piece: number;
}

export interface ProgramOptions {
  readonly data: string;
  readonly repo: string;
  readonly flags: readonly string[];
  readonly nodeFlags: readonly string[];
}

export async function startProgram({ data, repo, flags, nodeFlags }: ProgramOptions): Promise<Program> {
  const root = join(import.meta.dirname, '..');
  const main = join(root, 'bin', 'claworc.js');
  const child = spawn(
    process.execPath,
    [
      ...nodeFlagsOf('start'),
      '--import',
      join(import.meta.dirname, 'loop-delay.ts'),
      ...nodeFlags,
      main,
      'start',
      '--port',
      '0',
      '--data',
      data,
      '--repo',
      repo,
      ...flags,
    ],
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], env: { ...process.env, ...variablesOf('start') } },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const address = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = /listens on (\S+)/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`claworc start ended with ${code}`)));
  });
  const { pid } = child;
  const api = `${address}/api/v1`;
  const list = async (): Promise<{ bots: readonly Instance[]; bytes: number }> => {
    const text = await (await fetch(`${api}/instances`)).text();
    return { bots: JSON.parse(text) as Instance[], bytes: Buffer.byteLength(text) };
  };
  return {
    address,
    cpu: () => {
      const [user, system] = timesOf(pid);
      return user + system;
    },
    gitCpu: () => {
      const [, , user, system] = timesOf(pid);
      const living = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').filter(Boolean);
      return living.flatMap((child) => timesOf(child)).reduce((sum, each) => sum + each, user + system);
    },
    memory: () => {
      const text = readFileSync(`/proc/${pid}/status`, 'latin1');
      const of = (field: string): number => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(text)?.[1]) / 1_024;
      return { now: of('VmRSS'), peak: of('VmHWM') };
    },
    list,
    look: async () => {
      while ((await list()).bots.length === 0) await pause(50);
    },
    until: async (isThere, timeoutMs, name) => {
      const end = performance.now() + timeoutMs;
      for (;;) {
        const bots =
          name === undefined
            ? (await list()).bots
            : [(await (await fetch(`${api}/instances/${name}`)).json()) as Instance];
        const open = bots.filter((bot) => !isThere(bot));
        if (open.length === 0) return;
        if (performance.now() > end) throw new Error(`${open.length} bots are not there: ${JSON.stringify(open[0])}`);
        await pause(name === undefined ? 2_000 : 20);
      }
    },
    firstPage: async () => {
      const started = performance.now();
      const response = await fetch(`${api}/events`);
      let rest = '';
      let firstMs = 0;
      let largest = 0;
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? []) {
        const parts = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n\n');
        rest = parts.pop() ?? '';
        for (const part of parts) {
          if (!part.includes('event: snapshot')) continue;
          largest = Math.max(largest, part.length);
          if (firstMs === 0) firstMs = performance.now() - started;
          if (part.includes('"more":true')) continue;
          return { firstMs, wholeMs: performance.now() - started, largest };
        }
      }
      return { firstMs: Number.NaN, wholeMs: Number.NaN, largest };
    },
    edit: async (name, cpu) => {
      const response = await fetch(`${api}/instances/${name}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ cpu_limit: cpu }),
      });
      if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
      await response.arrayBuffer();
    },
    watchStalls: () => {
      let longest = 0;
      child.send('watch');
      const end = new AbortController();
      const asking = (async () => {
        while (!end.signal.aborted) {
          const started = performance.now();
          await (await fetch(`${address}/health`)).arrayBuffer();
          longest = Math.max(longest, performance.now() - started);
          await pause(20);
        }
      })();
      return async () => {
        end.abort();
        await asking;
        const told = once(child, 'message') as Promise<[readonly [loop: number, piece: number]]>;
        child.send('tell');
        const [[loop, piece]] = await told;
        return { request: longest, loop, piece };
      };
    },
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Seconds of CPU of a process, and of those of its children that have ended: fields 14 to 17 of proc(5), in ticks of 10 ms. */
function timesOf(pid: number | string | undefined): [number, number, number, number] {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const at = (field: number): number => Number(fields[field - 3]) / 100;
  return [at(14), at(15), at(16), at(17)];
}

type Script = 'start' | 'claworc';

/** What a script of package.json gives to Node. */
export function nodeFlagsOf(script: Script): readonly string[] {
  return wordsOf(script).filter((part) => part.startsWith('--'));
}

/** What it puts into the environment. */
export function variablesOf(script: Script): Readonly<Record<string, string>> {
  return Object.fromEntries(
    wordsOf(script).flatMap((word) => {
      const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(word) ?? [];
      return name === undefined ? [] : [[name, value ?? '']];
    }),
  );
}

function wordsOf(script: Script): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  return (scripts[script] ?? '').split(' ');
}

/** The fleet with its rendering, as files of an instances repo. */
export function renderedFiles(size: number, namespace = 'claworc'): ReadonlyMap<string, string> {
  const files = new Map(benchFiles(size));
  files.set('claworc.yaml', (files.get('claworc.yaml') ?? '').replace('namespace: claworc', `namespace: ${namespace}`));
  const repo = readRepo(new Map([...files].map(([path, text]) => [path, Buffer.from(text)])));
  for (const [path, text] of synthRepo(repo, { at: '2026-11-22T10:00:00Z', by: 'bench' }).changes) {
    if (text !== null) files.set(path, text);
  }
  return files;
}

/** One commit on main of a bare repository, or on another branch, that adds these files, as a push would bring it. */
export function commitFiles(
  repo: string,
  files: ReadonlyMap<string, string>,
  subject: string,
  on?: { readonly branch: string; readonly from: string },
): void {
  const who = 'Bench <bench@example.com> 1790000000 +0000';
  const hasMain = readdirSync(join(repo, 'refs', 'heads')).includes('main');
  const head = `commit ${on?.branch ?? 'refs/heads/main'}\ncommitter ${who}\ndata ${Buffer.byteLength(subject)}\n${subject}\n`;
  const from = hasMain ? `from ${on?.from ?? 'refs/heads/main'}^0\n` : '';
  const changes = [...files].map(
    ([path, text]) => `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`,
  );
  execFileSync('git', ['-C', repo, 'fast-import', '--quiet', '--force', '--date-format=raw'], {
    input: `${head}${from}${changes.join('')}`,
  });
}
