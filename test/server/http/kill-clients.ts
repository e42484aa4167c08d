import { randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningClaworc } from '../../acceptance/claworc-process.ts';
import { runGit } from '../../support/git-process.ts';

/** What a server has answered, by which its next life is judged. */
export interface Promised {
  /** What a bot's memory limit may be: what was answered last, and what was asked for since without an answer. */
  readonly memory: Map<string, readonly string[]>;
  /** Bots whose end was answered, and those whose end was only asked for. */
  readonly gone: Set<string>;
  readonly leaving: Set<string>;
  /** Commits that an answer or a push named: they are on main for ever. */
  readonly commits: Set<string>;
  /** Tips of branches that were pushed. */
  readonly branches: Map<string, string>;
  answers: number;
  pushes: number;
}

export const nothingPromised = (): Promised => ({
  memory: new Map(),
  gone: new Set(),
  leaving: new Set(),
  commits: new Set(),
  branches: new Map(),
  answers: 0,
  pushes: 0,
});

/** Bots that one client has at once; with more of them it deletes the oldest. */
const BOTS = 4;

/** A person with a dashboard: creates, changes and deletes bots that nobody else touches, until the server is gone. */
export async function editUntilGone(claworc: RunningClaworc, client: string, promised: Promised): Promise<void> {
  for (;;) {
    const mine = [...promised.memory.keys()].filter(
      (name) => name.startsWith(`bot-${client}-`) && !promised.leaving.has(name),
    );
    const [oldest] = mine;
    const chosen = mine[randomInt(Math.max(1, mine.length))];
    const isAnswered =
      mine.length >= BOTS && oldest !== undefined
        ? await remove(claworc, oldest, promised)
        : chosen === undefined || randomInt(3) === 0
          ? await create(claworc, `bot-${client}-${promised.answers}-${randomInt(1e9)}`, promised)
          : await change(claworc, chosen, promised);
    if (!isAnswered) return;
    promised.answers += 1;
  }
}

async function create(claworc: RunningClaworc, name: string, promised: Promised): Promise<boolean> {
  const answer = await send(claworc, 'POST', '/api/v1/instances', { display_name: name, memory_limit: '4Gi' });
  if (answer === undefined) return false;
  promised.memory.set(name, ['4Gi']);
  note(answer, promised);
  return true;
}

async function change(claworc: RunningClaworc, name: string, promised: Promised): Promise<boolean> {
  const memory = `${2048 + randomInt(1, 1000)}Mi`;
  promised.memory.set(name, [...(promised.memory.get(name) ?? []), memory]);
  const answer = await send(claworc, 'PUT', `/api/v1/instances/${name}`, { memory_limit: memory });
  if (answer === undefined) return false;
  promised.memory.set(name, [memory]);
  note(answer, promised);
  return true;
}

async function remove(claworc: RunningClaworc, name: string, promised: Promised): Promise<boolean> {
  promised.leaving.add(name);
  const answer = await send(claworc, 'DELETE', `/api/v1/instances/${name}`);
  if (answer === undefined) return false;
  promised.gone.add(name);
  return true;
}

/** Undefined where the server is gone; any answer but a good one is a fault. */
async function send(claworc: RunningClaworc, method: string, path: string, body?: unknown) {
  const answer = await claworc.request(method, path, body).catch(() => undefined);
  if (answer === undefined || (answer.status >= 200 && answer.status < 300)) return answer;
  throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

function note({ status, body }: { status: number; body: Record<string, unknown> }, promised: Promised): void {
  if (status !== 202 && typeof body.revision === 'string') promised.commits.add(body.revision);
}

/** A person with git: pushes to main and now and then a branch, over HTTP, until the server is gone. */
export async function pushUntilGone(
  claworc: RunningClaworc,
  checkout: string,
  signal: AbortSignal,
  promised: Promised,
): Promise<void> {
  const url = `${claworc.url.replace(/\/$/, '')}/instances.git`;
  const run = (...args: string[]) => runGit(checkout, args);
  while (!signal.aborted) {
    // People look up now and then; who pushes without a pause leaves main to nobody else.
    await delay(randomInt(1_000));
    const fetched = await run('fetch', '-q', url, 'main');
    if (fetched.code !== 0) continue;
    await run('reset', '-q', '--hard', 'FETCH_HEAD');
    const turn = `${promised.pushes}-${randomInt(1e9)}`;
    writeFileSync(join(checkout, 'README.md'), `${turn}\n`);
    await run('add', '.');
    await run('commit', '-qm', `Push ${turn}`);
    const branch = randomInt(4) === 0 ? `topic-${turn}` : 'main';
    const pushed = await run('push', '-q', url, `HEAD:refs/heads/${branch}`);
    if (pushed.code !== 0) continue;
    promised.pushes += 1;
    const commit = (await run('rev-parse', 'HEAD')).stdout.trim();
    if (branch === 'main') promised.commits.add(commit);
    else promised.branches.set(branch, commit);
  }
}
