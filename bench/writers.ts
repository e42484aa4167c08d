import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { runGit } from '../test/support/git-process.ts';
import { git } from '../test/support/person-git.ts';
import { median, percentile, type Measurement } from './measurement.ts';
import { startPublishing, type Publishing } from './publishing.ts';

const SERVERS = Number(process.env.BENCH_SERVERS ?? 8);
/** Of all servers together. */
const EDITS = Number(process.env.BENCH_EDITS ?? 80);
/** The longest pause of the person between two pushes; 0 for one who never pauses. */
const PAUSE_MS = Number(process.env.BENCH_PAUSE_MS ?? 1_000);
/** Then the person stops, so that those come to an end who lose every race against them. */
const SECONDS = Number(process.env.BENCH_SECONDS ?? 120);
/** Edits that a server saves before it waits for them. */
const AT_ONCE = Number(process.env.BENCH_AT_ONCE ?? 2);

/** What comes between a look at main and the answer to a push on top of it, in order. */
const STEPS = ['next-main-fetched', 'race-prepared', 'commit-written', 'commit-pushed'] as const;

/**
 * Servers and a person who all write to one remote, a folder: how long an edit waits for its commit there. What is
 * edited at a time are bots of their own. Fails when an edit or a push of the person is not on main exactly once.
 */
export async function run(): Promise<readonly Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'claworc-bench-'));
  const remote = join(folder, 'remote.git');
  git(folder, 'init', '-q', '--bare', '-b', 'main', remote);
  const steps = new Map(STEPS.map((step) => [step as string, [] as number[]]));
  const servers: Publishing[] = [];
  try {
    for (let index = 0; index < SERVERS; index += 1) {
      const place = { url: remote, access: {} };
      servers.push(
        await startPublishing({ bots: SERVERS * AT_ONCE, remote: place, joins: index > 0, failpoint: timesOf(steps) }),
      );
    }
    for (const times of steps.values()) times.length = 0;
    const done = new AbortController();
    const timer = setTimeout(() => done.abort(), SECONDS * 1_000);
    const pushing = keepPushing(folder, remote, done.signal);
    const began = performance.now();
    const each = Math.ceil(EDITS / SERVERS);
    const saved = await Promise.all(
      servers.map((server, index) => saveAll(server, index * AT_ONCE, each, done.signal)),
    );
    const minutes = (performance.now() - began) / 60_000;
    clearTimeout(timer);
    done.abort();
    const pushed = await pushing;
    const edits = saved.flat();
    check(remote, edits, pushed);
    const waits = edits.map(({ ms }) => ms);
    return [
      { name: `save to commit, ${edits.length} edits of ${SERVERS} servers, median`, value: median(waits), unit: 'ms' },
      { name: 'save to commit, p95', value: percentile(waits, 95), unit: 'ms' },
      { name: 'save to commit, longest', value: Math.max(...waits), unit: 'ms' },
      { name: 'edits through', value: edits.length / minutes, unit: 'a minute' },
      { name: 'pushes of the person through', value: pushed.length / minutes, unit: 'a minute' },
      { name: 'pushes of servers, lost ones too', value: steps.get('commit-pushed')?.length ?? 0, unit: '' },
      ...STEPS.slice(1).map((step, index) => {
        return { name: `${STEPS[index]} to ${step}, median`, value: median(steps.get(step) ?? []), unit: 'ms' };
      }),
    ];
  } finally {
    for (const server of servers) await server[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Notes at each step the milliseconds since the one before, where that was the one that comes before it. */
function timesOf(steps: ReadonlyMap<string, number[]>): (step: string) => void {
  let last = { step: '', at: 0 };
  return (step) => {
    const index = STEPS.findIndex((each) => each === step);
    if (index < 0) return;
    const now = performance.now();
    if (STEPS[index - 1] === last.step) steps.get(step)?.push(now - last.at);
    last = { step, at: now };
  };
}

interface Saved {
  readonly commit: string;
  readonly ms: number;
}

async function saveAll(
  server: Publishing,
  first: number,
  count: number,
  signal: AbortSignal,
): Promise<readonly Saved[]> {
  const saved: Saved[] = [];
  while (saved.length < count && !signal.aborted) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - saved.length) }, (_, turn) =>
      server.save(server.names[first + turn] ?? ''),
    );
    saved.push(...(await Promise.all(some)));
  }
  return saved;
}

/** A person who pushes commits of their own until told to stop. Gives those that got through. */
async function keepPushing(folder: string, remote: string, signal: AbortSignal): Promise<readonly string[]> {
  const checkout = join(folder, 'checkout');
  git(folder, 'clone', '-q', remote, checkout);
  const commits: string[] = [];
  while (!signal.aborted) {
    await runGit(checkout, ['fetch', '-q', 'origin']);
    await runGit(checkout, ['reset', '-q', '--hard', 'origin/main']);
    await runGit(checkout, ['commit', '-q', '--allow-empty', '-m', `Push ${commits.length}`]);
    const { code } = await runGit(checkout, ['push', '-q', 'origin', 'HEAD:main']);
    if (code === 0) commits.push((await runGit(checkout, ['rev-parse', 'HEAD'])).stdout.trim());
    await delay(randomInt(PAUSE_MS + 1));
  }
  return commits;
}

function check(remote: string, edits: readonly Saved[], pushed: readonly string[]): void {
  const onMain = git(remote, 'log', '--format=%H', 'main').trim().split('\n');
  const commits = new Set(onMain);
  const lost = [...edits.map(({ commit }) => commit), ...pushed].filter((commit) => !commits.has(commit));
  if (lost.length > 0) throw new Error(`Main does not have ${lost.join(' ')}.`);
  const told = git(remote, 'log', '--format=%(trailers:key=Claworc-Edit,valueonly)', 'main').split('\n');
  const ids = told.filter((id) => id !== '');
  if (new Set(ids).size !== ids.length) throw new Error('Main has an edit twice.');
}
