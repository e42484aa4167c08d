import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ChildRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Seconds of CPU, user and system, of the child and whatever it waited for (git). */
  readonly cpu: number;
  /** Seconds by the clock. */
  readonly wall: number;
  /** Megabytes that the child itself had at its highest. */
  readonly peak: number;
}

/** How often a child's memory is looked at; the kernel keeps the peak, so only growth after the last look is missed. */
const LOOK_MS = 10;

/** Runs a program to its end, measured from outside (Linux: it reads /proc). One at a time: CPU is that of all ended children. */
export async function runChild(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<ChildRun> {
  const before = cpuOfChildren();
  const started = performance.now();
  const child = spawn(command, [...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const told = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (told.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told.stderr += text));
  let peak = 0;
  const looks = setInterval(() => (peak = Math.max(peak, peakOf(child.pid))), LOOK_MS);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const wall = (performance.now() - started) / 1_000;
    return { ...told, code, cpu: cpuOfChildren() - before, wall, peak };
  } finally {
    clearInterval(looks);
  }
}

/** Fields 16 and 17 of proc(5), in ticks of 10 ms. */
function cpuOfChildren(): number {
  const text = readFileSync('/proc/self/stat', 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

/** Zero for one that has ended. */
function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1_024;
  } catch {
    return 0;
  }
}
