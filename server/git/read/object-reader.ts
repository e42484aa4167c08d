import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { CONFIG, GIT_ENVIRONMENT, placeVariables, type RepositoryPlace } from '../client.ts';

export interface GitObject {
  readonly oid: string;
  readonly type: string;
  readonly bytes: Buffer;
}

/** Reads objects one after another, without a process for each: for who has no time to lose. */
export interface ObjectReader {
  /** Undefined for what isn't there, is larger than `MOST_BYTES`, or can't be read. */
  read(oid: string): Promise<GitObject | undefined>;
}

/** Of one object: a tree of 80,000 names has four MiB. */
export const MOST_BYTES = 8 * 1024 * 1024;
/** A git that nobody asked anything for so long is ended: longer than a try against others who write takes. */
const IDLE_MS = 5_000;
const ID = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

type Child = ChildProcessByStdio<Writable, Readable, null>;

/** One `git cat-file --batch-command` that is begun when something is asked, and ended soon after. */
export function createObjectReader(options: {
  readonly gitFolder: string;
  readonly ceiling: string;
  readonly place: () => RepositoryPlace;
}): ObjectReader {
  let git: Conversation | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const ask = async (oid: string): Promise<GitObject | undefined> => {
    clearTimeout(idle);
    if (git?.isOver() !== false) git = converse(start(options));
    const about = (await git.line(`info ${oid}`))?.split(' ') ?? [];
    const [id = '', type = '', size = ''] = about;
    const isSmall = about.length === 3 && Number(size) <= MOST_BYTES;
    const bytes = isSmall ? await git.content(`contents ${oid}`) : undefined;
    idle = setTimeout(() => git?.end(), IDLE_MS);
    idle.unref();
    return bytes && { oid: id, type, bytes };
  };

  return {
    read: (oid) => {
      if (!ID.test(oid)) return Promise.resolve(undefined);
      // One question at a time: answers come in their order.
      const mine = last.then(() => ask(oid));
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}

interface Conversation {
  line(question: string): Promise<string | undefined>;
  content(question: string): Promise<Buffer | undefined>;
  isOver(): boolean;
  end(): void;
}

function converse(child: Child): Conversation {
  let isOver = false;
  let heard = Buffer.alloc(0);
  const chunks = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const over = (): void => {
    isOver = true;
  };
  child.once('error', over).once('close', over);
  child.stdin.on('error', over);
  /** Until `size` bytes are there, or a line is; how many bytes that is. */
  const hear = async (size: number | 'line'): Promise<number | undefined> => {
    for (;;) {
      const end = size === 'line' ? heard.indexOf(10) + 1 : heard.length >= size ? size : 0;
      if (end > 0) return end;
      const step = await chunks.next().catch(() => undefined);
      if (step === undefined || step.done === true) {
        over();
        return undefined;
      }
      heard = Buffer.concat([heard, step.value]);
    }
  };
  const take = (size: number): Buffer => {
    const taken = heard.subarray(0, size);
    heard = heard.subarray(size);
    return taken;
  };
  const line = async (question: string): Promise<string | undefined> => {
    child.stdin.write(`${question}\n`);
    const end = await hear('line');
    return end === undefined ? undefined : take(end).toString('latin1', 0, end - 1);
  };
  return {
    line,
    content: async (question) => {
      const [, , size] = (await line(question))?.split(' ') ?? [];
      const whole = size === undefined ? undefined : await hear(Number(size) + 1);
      return whole === undefined ? undefined : take(whole).subarray(0, whole - 1);
    },
    isOver: () => isOver,
    end: () => {
      over();
      child.stdin.end();
    },
  };
}

function start({ gitFolder, ceiling, place }: Parameters<typeof createObjectReader>[0]): Child {
  const settings = CONFIG.flatMap((each) => ['-c', each]);
  const child = spawn('git', [...settings, 'cat-file', '--batch-command'], {
    cwd: gitFolder,
    env: {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      HOME: '/nonexistent',
      LC_ALL: 'C',
      ...GIT_ENVIRONMENT,
      GIT_CEILING_DIRECTORIES: ceiling,
      ...placeVariables(place()),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // It ends with this process, and keeps it from nothing.
  child.unref();
  return child;
}
