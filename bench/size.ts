import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startControlPlane } from '../test/control-plane/control-plane.ts';
import { benchFiles } from './fleet.ts';
import { costOf, median, percentile, type Measurement } from './measurement.ts';
import { commitFiles, renderedFiles, startProgram, type Program } from './program.ts';

export interface SizeOptions {
  readonly sizes?: readonly number[];
  /**
   * A real API server behind it; the first apply of 1,000 bots takes minutes. `full`: with controllers and a simulated node,
   * so that the bots come up; on two cores they take most of both.
   * @default what BENCH_CLUSTER says, or none
   */
  readonly cluster?: 'api' | 'full' | undefined;
  readonly restMs?: number;
  /** Flags of Node, for a profile. */
  readonly nodeFlags?: readonly string[];
}

const EDITS = 15;
/** Enough of them that the slowest of twenty is seen. */
const EDITS_WITH_CLUSTER = 40;

/** What a size must not exceed, of figures that other work on the machine changes little. */
const LIMITS: Readonly<Record<number, { readonly memoryMb: number }>> = {
  1_000: { memoryMb: 200 },
  5_000: { memoryMb: 300 },
};
/** Generous: an idle process that does anything at all for the fleet's size is beyond it. */
const REST_CPU_S = 0.3;
/** At any size; 30 are wanted. */
const EDIT_CPU_MS = 40;
/** Of CPU; 50 are wanted. */
const PIECE_MS = 90;
/** From the answer that names the commit to the write's answer, at any size; a busy machine is slower. */
const APPLIED_MS = 300;
/** Times what rendering alone takes; two are wanted. */
const PUSH_RATIO = 2;

/** What a fleet of some size costs: its start, a look at it, an edit, a rest, a push; each on the program as people run it. */
export async function run(options: SizeOptions = {}): Promise<readonly Measurement[]> {
  const { sizes = [1_000, 5_000], cluster = clusterFrom(process.env.BENCH_CLUSTER) } = options;
  const found: Measurement[] = [];
  for (const size of sizes) {
    if (cluster === undefined) {
      found.push(...(await measure(size, undefined, options)), ...(await measurePush(size)));
      continue;
    }
    await using plane = await startControlPlane(
      cluster === 'full' ? { components: 'full', nodes: 1 } : { components: 'api' },
    );
    found.push(...(await measure(size, plane.kubeconfig, options)));
  }
  return found;
}

function clusterFrom(variable: string | undefined): SizeOptions['cluster'] {
  return variable === 'api' || variable === 'full' ? variable : undefined;
}

async function measure(
  size: number,
  kubeconfig: string | undefined,
  { restMs = 30_000, nodeFlags = [] }: SizeOptions,
): Promise<readonly Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'claworc-bench-'));
  const repo = join(folder, 'instances.git');
  const found: Measurement[] = [];
  const note = (name: string, value: number, unit: string, limit?: number): void => {
    found.push({ name: `${size} bots: ${name}`, value, unit, ...(limit === undefined ? {} : { limit }) });
  };
  const flags = kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig];
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', repo]);
  commitFiles(repo, renderedFiles(size), 'Bench');
  const open = (): Promise<Program> => startProgram({ data: join(folder, 'data'), repo, flags, nodeFlags });
  const noteStart = async (name: string): Promise<Program> => {
    const started = performance.now();
    const program = await open();
    await program.look();
    note(`${name}, clock`, (performance.now() - started) / 1_000, 's');
    note(`${name}, CPU`, program.cpu(), 's');
    return program;
  };
  try {
    let program = await noteStart('first start to the list');
    if (kubeconfig !== undefined) {
      const started = performance.now();
      const before = program.cpu();
      await program.until(({ sync }) => sync === 'applied', 1_800_000);
      note('first apply, clock', (performance.now() - started) / 1_000, 's');
      note('first apply, CPU', program.cpu() - before, 's');
      note('first apply, peak memory', program.memory().peak, 'MB');
    }
    await pause(5_000);
    await program.stop();
    program = await noteStart('start again to the list');
    if (kubeconfig !== undefined) {
      await program.until(({ sync }) => sync === 'applied', 120_000);
      note('start again to applied, CPU', program.cpu(), 's');
    }
    await pause(10_000);
    const resting = program.cpu();
    await pause(restMs);
    note(`CPU at rest, ${restMs / 1_000} s`, program.cpu() - resting, 's', REST_CPU_S);
    note('memory at rest', program.memory().now, 'MB', kubeconfig === undefined ? LIMITS[size]?.memoryMb : undefined);

    const page = await program.firstPage();
    note('first event of /events', page.firstMs, 'ms');
    note('the whole fleet over /events', page.wholeMs, 'ms');
    note('largest event', page.largest / 1_024, 'KiB');
    note('list', (await program.list()).bytes / 1_024, 'KiB');

    const commits: number[] = [];
    const applies: number[] = [];
    const nameOf = (edit: number): string => `bot-${String((edit * 37) % size).padStart(4, '0')}`;
    const [before, gitBefore] = [program.cpu(), program.gitCpu()];
    const edits = kubeconfig === undefined ? EDITS : EDITS_WITH_CLUSTER;
    for (let edit = 0; edit < edits; edit += 1) {
      const name = nameOf(edit);
      const started = performance.now();
      await program.edit(name, `${600 + edit}m`);
      commits.push(performance.now() - started);
      if (kubeconfig !== undefined) {
        const committed = performance.now();
        await program.until((bot) => bot.sync === 'applied' || bot.name !== name, 60_000, name);
        applies.push(performance.now() - committed);
      }
    }
    await pause(1_000);
    note('PUT to commit, median', median(commits), 'ms');
    note('PUT to commit, slowest', Math.max(...commits), 'ms');
    if (applies.length > 0) {
      note('commit to applied, median', median(applies), 'ms', APPLIED_MS);
      note('commit to applied, 95th percentile', percentile(applies, 95), 'ms');
    }
    note('CPU of an edit, beside git', ((program.cpu() - before) / edits) * 1_000, 'ms', EDIT_CPU_MS);
    note('CPU of an edit, git', ((program.gitCpu() - gitBefore) / edits) * 1_000, 'ms');
    // Others, as watching costs CPU itself.
    const stall = program.watchStalls();
    for (let edit = edits; edit < 2 * edits; edit += 1) await program.edit(nameOf(edit), `${600 + edit}m`);
    await pause(1_000);
    const { request, loop, piece } = await stall();
    note('longest wait of a small request meanwhile', request, 'ms');
    note('longest delay of the event loop meanwhile', loop, 'ms');
    note('longest piece of the event loop, CPU', piece, 'ms', PIECE_MS);
    await pause(5_000);
    note('memory at rest after the edits', program.memory().now, 'MB');
    note('peak memory', program.memory().peak, 'MB');
    await program.stop();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return found;
}

/** Records pushed without their rendering, beside what rendering alone takes for them. */
async function measurePush(size: number): Promise<readonly Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'claworc-bench-'));
  const repo = join(folder, 'instances.git');
  const files = benchFiles(size);
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', repo]);
  commitFiles(repo, renderedFiles(0), 'Empty fleet');
  try {
    const bare = await costOf(() => renderedFiles(size));
    const program = await startProgram({ data: join(folder, 'data'), repo, flags: [], nodeFlags: [] });
    await pause(1_000);
    const before = program.cpu();
    const stall = program.watchStalls();
    const started = performance.now();
    commitFiles(repo, files, 'Push');
    while (!isRendered(repo)) await pause(50);
    const clock = (performance.now() - started) / 1_000;
    await program.look();
    const longest = await stall();
    const cpu = program.cpu() - before;
    await program.stop();
    const named = (name: string, value: number, unit: string): Measurement => ({
      name: `${size} records pushed: ${name}`,
      value,
      unit,
    });
    return [
      named('to their rendering, clock', clock, 's'),
      { ...named('to their rendering, CPU', cpu, 's'), limit: PUSH_RATIO * bare.cpu },
      named('rendering alone, CPU', bare.cpu, 's'),
      named('longest wait of a small request meanwhile', longest.request, 'ms'),
      named('longest delay of the event loop meanwhile', longest.loop, 'ms'),
      { ...named('longest piece of the event loop, CPU', longest.piece, 'ms'), limit: PIECE_MS },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isRendered(repo: string): boolean {
  const subject = execFileSync('git', ['-C', repo, 'log', '-1', '--format=%s', 'main'], { encoding: 'utf8' });
  return subject.startsWith('Render');
}
