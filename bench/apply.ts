import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startControlPlane, type ControlPlane } from '../test/control-plane/control-plane.ts';
import { runChild, type ChildRun } from './child.ts';
import type { Measurement } from './measurement.ts';
import { nodeFlagsOf, renderedFiles } from './program.ts';

export interface ApplyBenchOptions {
  readonly sizes?: readonly number[];
  /** Flags of Node, for a profile. */
  readonly nodeFlags?: readonly string[];
}

/** Times kubectl's CPU for the same objects; one is wanted and not reached. A small fleet pays more for the start. */
const CPU_RATIO: Readonly<Record<number, number>> = { 100: 2.2, 300: 1.6 };

/**
 * The first apply of a fleet as people run it, beside `kubectl apply --server-side` of the same files: whole processes,
 * their start, reading, rendering and git's own CPU included.
 */
export async function run(options: ApplyBenchOptions = {}): Promise<readonly Measurement[]> {
  const { sizes = [100, 300], nodeFlags = [] } = options;
  await using plane = await startControlPlane({ components: 'api' });
  const found: Measurement[] = [];
  for (const size of sizes) found.push(...(await measure(plane, size, nodeFlags)));
  return found;
}

async function measure(
  plane: ControlPlane,
  size: number,
  nodeFlags: readonly string[],
): Promise<readonly Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'claworc-bench-'));
  try {
    const ours = writeFleet(join(folder, 'ours'), size, `bench-claworc-${size}`);
    const theirs = writeFleet(join(folder, 'theirs'), size, `bench-kubectl-${size}`);
    commitAll(ours);
    const env = { PATH: process.env.PATH, HOME: folder, KUBECONFIG: plane.kubeconfig };
    const runKubectl = (...args: string[]): Promise<ChildRun> => runChild(plane.kubectlPath, args, { env });
    const main = join(import.meta.dirname, '..', 'bin', 'claworc.js');
    const runClaworc = (command: string): Promise<ChildRun> =>
      runChild(process.execPath, [...nodeFlagsOf('claworc'), ...nodeFlags, main, command, '--repo', ours], { env });
    // Both have run here before, and have in their caches what they keep there.
    succeeded(await runKubectl('create', 'namespace', `bench-kubectl-${size}`));
    await runClaworc('plan');
    const claworc = succeeded(await runClaworc('apply'));
    const kubectl = succeeded(await runKubectl('apply', '--server-side', '-R', '-f', join(theirs, 'dist')));
    const note = (name: string, value: number, unit: string, limit?: number): Measurement => {
      return { name: `first apply of ${size} bots: ${name}`, value, unit, ...(limit !== undefined && { limit }) };
    };
    return [
      note('claworc, CPU', claworc.cpu, 's'),
      note('kubectl, CPU', kubectl.cpu, 's'),
      note('CPU, claworc to kubectl', claworc.cpu / kubectl.cpu, 'x', CPU_RATIO[size]),
      note('claworc, clock', claworc.wall, 's'),
      note('kubectl, clock', kubectl.wall, 's'),
      note('claworc, peak memory', claworc.peak, 'MB'),
      note('kubectl, peak memory', kubectl.peak, 'MB'),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeFleet(folder: string, size: number, namespace: string): string {
  for (const [path, text] of renderedFiles(size, namespace)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function commitAll(folder: string): void {
  const git = (...args: string[]): void => {
    const who = ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', '-c', 'init.defaultBranch=main'];
    execFileSync('git', ['-C', folder, ...who, ...args]);
  };
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 'Bench');
}

function succeeded(ran: ChildRun): ChildRun {
  if (ran.code !== 0) throw new Error(`${ran.stderr}\n${ran.stdout}`);
  return ran;
}
