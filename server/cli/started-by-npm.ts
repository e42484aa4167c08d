import { readFileSync } from 'node:fs';

/** A process as the system describes it: its name, and its parent. */
export interface ProcessStat {
  readonly name: string;
  readonly parent: number;
}

export type StatOf = (pid: number) => ProcessStat | undefined;

/** How often it is looked whether npm is still there: it tells its children nothing when it is killed. */
const LOOK_MS = 1_000;
/** npm, a shell, and `bin/claworc.js` on an older Node. */
const MAX_DEPTH = 4;

/**
 * Calls `end` once when the npm that started this process is gone. Its shell passes on no signal, so that `npm start`
 * told to end, or killed, would leave a server behind that nobody sees. Does nothing for a process that npm did not
 * start, and keeps no process going.
 */
export function watchNpm(
  { pid, env, statOf = readStat }: { readonly pid: number; readonly env: NodeJS.ProcessEnv; readonly statOf?: StatOf },
  end: () => void,
): void {
  if (env.npm_lifecycle_event === undefined) return;
  const chain = chainToNpm(pid, statOf);
  if (chain === undefined) return;
  const timer = setInterval(() => {
    if (chain.every(({ child, parent }) => statOf(child)?.parent === parent)) return;
    clearInterval(timer);
    end();
  }, LOOK_MS);
  timer.unref();
}

interface Link {
  readonly child: number;
  readonly parent: number;
}

/** From this process up to npm; undefined where none of its next ancestors is npm, or the system can't tell. */
function chainToNpm(pid: number, statOf: StatOf): readonly Link[] | undefined {
  const chain: Link[] = [];
  for (let child = pid; chain.length < MAX_DEPTH;) {
    const parent = statOf(child)?.parent;
    if (parent === undefined || parent <= 1) return undefined;
    chain.push({ child, parent });
    if (/^npm\b|^npx\b/.test(statOf(parent)?.name ?? '')) return chain;
    child = parent;
  }
  return undefined;
}

/** From Linux's /proc; other systems have none, and there a server outlives its npm. */
function readStat(pid: number): ProcessStat | undefined {
  try {
    const [, name = '', parent = ''] = /\((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? [];
    return { name, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
