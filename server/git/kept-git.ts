import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { commandEnvironment, CONFIG, placeVariables, type RepositoryPlace } from './client.ts';
import { gitError } from './errors.ts';
import { silenceOf } from './silence.ts';

export interface KeptGitOptions {
  /** One of the commands that answer what they read line by line. */
  readonly args: readonly [verb: 'fast-import' | 'update-ref', ...rest: string[]];
  readonly config?: readonly string[];
  /** Said before its stdin is closed. @default '' */
  readonly farewell?: string;
  readonly folder: string;
  readonly ceiling: string;
  readonly place: () => RepositoryPlace;
  /** What tells the repository from another one at its place, or from none: a git that was started with another is not asked. */
  readonly mark: () => string;
  /** @default the PATH of this process */
  readonly path?: string;
  /** It ends when it was asked nothing for so long. @default 20 s */
  readonly idleMs?: number;
  /** And takes no more requests after as long: what it remembers of the repository grows old. @default 60 s */
  readonly lifeMs?: number;
  /** After how long without a word to what it was asked it is ended. @default by its command, see `silence.ts` */
  readonly silentMs?: number;
  /** Told that it was ended for that. */
  readonly onSilence?: () => void;
}

/** A git that is started when it is asked, and stays a while for what is asked next. */
export interface KeptGit {
  /**
   * Writes `input`; resolves with what git says to it as soon as `isWhole` says that it is all. One request after another.
   * A git that fails has ended, throws as `gitError` says, and the next request starts another.
   */
  ask(input: Buffer | string, isWhole: (said: string) => boolean): Promise<string>;
  /** Ends it after what is being asked; a later request starts another. */
  end(): Promise<void>;
}

interface Life {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** What it was started with: another place, or another repository there, needs another process. */
  readonly place: string;
  readonly ended: Promise<void>;
  /** Of its last lines of stderr. */
  complaint: string;
  /** Takes what it says, and its end, while something is asked. */
  listener: { readonly hear: (chunk: string) => void; readonly lose: (error: unknown) => void } | undefined;
  isOld: boolean;
}

const IDLE_MS = 20_000;
const LIFE_MS = 60_000;
/** Of an answer, which is a line or three. */
const MOST_SAID = 65_536;
const MOST_COMPLAINT = 8_192;

/**
 * To start a process costs a large one more CPU than most of what is done for an edit: the kernel copies its page tables, and
 * the main thread waits for that. It keeps no process of ours going.
 */
export function keepGit(options: KeptGitOptions): KeptGit {
  const { args, farewell = '', place, mark, idleMs = IDLE_MS, lifeMs = LIFE_MS, onSilence } = options;
  const [verb] = args;
  const silentMs = options.silentMs ?? silenceOf(verb);
  let current: Life | undefined;
  let line: Promise<unknown> = Promise.resolve();

  const start = (where: RepositoryPlace, known: string): Life => {
    const child = spawnGit(options, where);
    const life: Life = {
      child,
      place: known,
      ended: new Promise((resolve) => void child.once('close', () => resolve())),
      complaint: '',
      listener: undefined,
      isOld: false,
    };
    const aging = setTimeout(() => {
      life.isOld = true;
      if (life.listener === undefined) void retire(life);
    }, lifeMs).unref();
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => life.listener?.hear(chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      life.complaint = `${life.complaint}${chunk}`.slice(-MOST_COMPLAINT);
    });
    // Seen as its end.
    child.stdin.on('error', () => undefined);
    child.once('error', (error) => life.listener?.lose(gitError(verb, -1, life.complaint, error)));
    child.once('close', (code) => {
      clearTimeout(aging);
      if (current === life) current = undefined;
      life.listener?.lose(gitError(verb, code ?? -1, life.complaint, undefined));
    });
    return life;
  };
  const retire = (life: Life): Promise<void> => {
    if (current === life) current = undefined;
    // Whoever waits for its end would else be left waiting by a process with nothing else to do.
    setReferenced(life, true);
    life.child.stdin.end(farewell);
    return life.ended;
  };
  const lifeFor = async (): Promise<Life> => {
    // Asked each time: it makes a folder again that was cleaned away.
    const where = place();
    const known = JSON.stringify([where, mark()]);
    if (current !== undefined && (current.isOld || current.place !== known)) await retire(current);
    current ??= start(where, known);
    return current;
  };
  const resting = setTimeout(() => {
    if (current !== undefined && current.listener === undefined) void retire(current);
  }, idleMs).unref();
  const askNow = async (input: Buffer | string, isWhole: (said: string) => boolean): Promise<string> => {
    const life = await lifeFor();
    setReferenced(life, true);
    const wait = { isTooLong: false };
    const silence = setTimeout(() => {
      wait.isTooLong = true;
      life.child.kill('SIGKILL');
    }, silentMs);
    try {
      return await new Promise<string>((resolve, reject) => {
        let said = '';
        const hear = (chunk: string): void => {
          said += chunk;
          silence.refresh();
          if (isWhole(said)) resolve(said);
          else if (said.length > MOST_SAID) life.child.kill();
        };
        life.listener = { hear, lose: reject };
        life.child.stdin.write(input);
      });
    } catch (error) {
      if (!wait.isTooLong) throw error;
      onSilence?.();
      throw gitError(verb, -1, '', new Error('block timeout reached'));
    } finally {
      clearTimeout(silence);
      life.listener = undefined;
      setReferenced(life, false);
      resting.refresh();
    }
  };
  const inLine = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = line.then(work);
    line = mine.catch(() => undefined);
    return mine;
  };
  return {
    ask: (input, isWhole) => inLine(() => askNow(input, isWhole)),
    end: () =>
      inLine(async () => {
        if (current !== undefined) await retire(current);
      }),
  };
}

function spawnGit({ args, config = [], folder, ceiling, path }: KeptGitOptions, where: RepositoryPlace): Life['child'] {
  const settings = [...CONFIG, ...config].flatMap((each) => ['-c', each]);
  return spawn('git', [...settings, ...args], {
    cwd: folder,
    env: { ...commandEnvironment(ceiling, path), ...placeVariables(where) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** Whether this process waits for it. */
function setReferenced({ child }: Life, isAwaited: boolean): void {
  const how = isAwaited ? 'ref' : 'unref';
  child[how]();
  for (const pipe of [child.stdin, child.stdout, child.stderr]) if (pipe instanceof Socket) pipe[how]();
}
