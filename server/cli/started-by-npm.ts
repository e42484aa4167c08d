import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** A process as the system describes it: its name or command line, and its parent. */
export interface ProcessStat {
  readonly name: string;
  readonly parent: number;
}

/** A process and the one that started it. */
export interface Link {
  readonly child: number;
  readonly parent: number;
}

/** What a system tells of its processes. */
export interface Processes {
  readonly statOf: (pid: number) => ProcessStat | undefined;
  /** Whether both still live, as child and parent; asked every second. */
  readonly isJoined: (link: Link) => boolean;
}

/** How often it is looked whether npm is still there: it tells its children nothing when it is killed. */
const LOOK_MS = 1_000;
/** `npm start`, as npm calls itself, or `node /usr/bin/npm start` until it has. */
const NPM = /^(?:\S*\bnode )?(?:\S*\/)?np[mx](?:-cli\.js)?(?:\s|$)/;
/** npm, a shell, and `bin/claworc.js` on an older Node. */
const MAX_DEPTH = 4;

/**
 * Calls `end` once when the npm that started this process is gone. Its shell passes on no signal, so that `npm start`
 * told to end, or killed, would leave a server behind that nobody sees. Does nothing for a process that npm did not
 * start, and keeps no process going.
 */
export function watchNpm(
  { pid, env, processes }: { readonly pid: number; readonly env: NodeJS.ProcessEnv; readonly processes?: Processes },
  end: () => void,
): void {
  if (env.npm_lifecycle_event === undefined) return;
  const { statOf, isJoined } = processes ?? (existsSync('/proc/self/stat') ? procProcesses : psProcesses(process));
  const chain = chainToNpm(pid, statOf);
  if (chain === undefined) return;
  const timer = setInterval(() => {
    if (chain.every(isJoined)) return;
    clearInterval(timer);
    end();
  }, LOOK_MS);
  timer.unref();
}

/** From this process up to npm; undefined where none of its next ancestors is npm, or the system can't tell. */
function chainToNpm(pid: number, statOf: Processes['statOf']): readonly Link[] | undefined {
  const chain: Link[] = [];
  for (let child = pid; chain.length < MAX_DEPTH;) {
    const parent = statOf(child)?.parent;
    if (parent === undefined || parent <= 1) return undefined;
    chain.push({ child, parent });
    if (NPM.test(statOf(parent)?.name ?? '')) return chain;
    child = parent;
  }
  return undefined;
}

/** Linux, where looking costs next to nothing. */
const procProcesses: Processes = {
  statOf: readStat,
  isJoined: ({ child, parent }) => readStat(child)?.parent === parent,
};

function readStat(pid: number): ProcessStat | undefined {
  try {
    const [, name = '', parent = ''] = /\((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? [];
    return { name, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** Any other system: `ps` finds npm once, and from then on nothing is started to look. */
export function psProcesses(self: {
  readonly pid: number;
  readonly ppid: number;
  kill(pid: number, signal: 0): unknown;
}): Processes {
  const isThere = (pid: number): boolean => {
    try {
      self.kill(pid, 0);
      return true;
    } catch (error) {
      // Another user's process is there too.
      return error instanceof Error && 'code' in error && error.code === 'EPERM';
    }
  };
  return {
    statOf: askPs,
    isJoined: ({ child, parent }) => (child === self.pid ? self.ppid === parent : isThere(child) && isThere(parent)),
  };
}

function askPs(pid: number): ProcessStat | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], {
      encoding: 'utf8',
      timeout: 5_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [, parent = '', name = ''] = /^\s*(\d+) (.*)$/m.exec(line) ?? [];
    return { name, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
