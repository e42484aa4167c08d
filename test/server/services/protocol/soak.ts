import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { runGit } from '../../../support/git-process.ts';
import { git } from '../../../support/person-git.ts';
import { openServer, type Places } from './house.ts';
import { entryIn, type Entry } from './ledger.ts';
import { personOf } from './person.ts';
import { edit, type World } from './world.ts';

const WORKER = join(import.meta.dirname, 'worker.ts');

/** Runs a worker that never ends, kills it at any moment, with its git or alone, and gives what it said. */
export async function runAndKill({ folder, mode, url }: Places): Promise<readonly Entry[]> {
  const worker = spawn(process.execPath, [WORKER, folder, mode, '-', '-', '1', url ?? ''], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: join(folder, '..', 'compile-cache') },
  });
  let complaints = '';
  worker.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const ended = new Promise<NodeJS.Signals | null>((done) => worker.once('close', (_, by) => done(by)));
  const ledger: Entry[] = [];
  const isReady = new Promise<void>((done) =>
    createInterface(worker.stdout).on('line', (line) => {
      const entry = entryIn(line);
      ledger.push(entry);
      if (entry.kind === 'ready') done();
    }),
  );
  await Promise.race([isReady, ended]);
  // Any moment of the next ones, which is the point.
  await Promise.race([delay(randomInt(5, 1_500)), ended]);
  expect([worker.exitCode, worker.signalCode], `it ended by itself: ${complaints}`).toEqual([null, null]);
  const pid = worker.pid ?? 0;
  process.kill(randomInt(2) === 0 ? -pid : pid, 'SIGKILL');
  expect(await ended, complaints).toBe('SIGKILL');
  return ledger;
}

/** Another server of the same remote, which saves one edit after the other until told to stop. Gives them. */
export async function keepEditing(places: Places, bot: string, signal: AbortSignal): Promise<readonly Entry[]> {
  const ledger: Entry[] = [];
  await using context = await openServer(places);
  const say = (entry: Entry): void => void ledger.push(entry);
  const world: World = { context, places, person: personOf(places), say, atNext: () => undefined };
  while (!signal.aborted) await edit(world, bot);
  return ledger;
}

/** A person who pushes commits of their own until told to stop. Gives those that got through. */
export async function keepPushing(folder: string, remote: string, signal: AbortSignal): Promise<readonly string[]> {
  const checkout = join(folder, 'person');
  git(folder, 'clone', '-q', remote, checkout);
  const commits: string[] = [];
  while (!signal.aborted) {
    await runGit(checkout, ['fetch', '-q', 'origin']);
    await runGit(checkout, ['reset', '-q', '--hard', 'origin/main']);
    await runGit(checkout, ['commit', '-q', '--allow-empty', '-m', `Push ${commits.length}`]);
    const { code } = await runGit(checkout, ['push', '-q', 'origin', 'HEAD:main']);
    if (code === 0) commits.push((await runGit(checkout, ['rev-parse', 'HEAD'])).stdout.trim());
    // What they did last is looked at, or not.
    await delay(randomInt(3_000));
  }
  return commits;
}
