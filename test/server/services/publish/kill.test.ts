import { execFile, execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { describe, expect, it, vi } from 'vitest';
import { verifyRepo } from '../../../../constructs/repo/verify-repo.ts';
import { initRepository } from '../../../../server/git/folder/init-repository.ts';
import { openRepository } from '../../../../server/git/repository.ts';
import { createSnapshots } from '../../../../server/git/read/snapshots.ts';
import { systemClock } from '../../../../server/lib/clock.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { createPublisher } from '../../../../server/services/publish/create-publisher.ts';
import type { Publisher } from '../../../../server/services/publish/publisher.ts';
import { listInstances } from '../../../../server/store/instances.ts';
import { openStore, type Store } from '../../../../server/store/open-store.ts';
import { getEdit } from '../../../../server/store/outbox.ts';
import { listUnrendered } from '../../../../server/store/unrendered.ts';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { editOf, FLEET, recordOf, creation } from './fixture.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';

/** How often the publishing process is killed; a soak run sets more. */
const KILLS = Number(process.env.CLAWORC_TEST_KILLS ?? 60);
const run = promisify(execFile);

const paths = (data: string) => ({ file: join(data, 'claworc.db'), lockFile: join(data, 'claworc.lock') });

/** Publishes what is pending in `data`, in this process. */
async function drain(data: string, first?: (publisher: Publisher) => void): Promise<Store> {
  const store = openStore({ ...paths(data), log: silentLog });
  const repository = await openRepository({ folder: join(data, 'instances.git'), log: silentLog });
  const snapshots = createSnapshots(repository);
  const publisher = createPublisher({ store, repository, snapshots, log: silentLog, clock: systemClock });
  const abort = new AbortController();
  first?.(publisher);
  const running = publisher.run(abort.signal);
  await vi.waitFor(
    async () => {
      expect(publisher.state()).toEqual({ state: 'following', head: await repository.head() });
      const pending = store.reader.all({}, "SELECT id FROM outbox WHERE state = 'pending'");
      expect([...pending, ...listUnrendered(store.reader)]).toEqual([]);
    },
    { timeout: PATIENCE_MS, interval: 50 },
  );
  abort.abort();
  await running;
  return store;
}

/** Runs the worker, kills it (with its git, or alone) a random time after its first edit, gives the edits it saved. */
async function runAndKill(data: string): Promise<string[]> {
  const worker = spawn(process.execPath, [join(import.meta.dirname, 'edit-worker.ts'), data], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: join(data, '..', 'compile-cache') },
  });
  let complaints = '';
  worker.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const saved: string[] = [];
  const ended = new Promise<NodeJS.Signals | null>((resolve) => worker.once('close', (_, signal) => resolve(signal)));
  const lines = createInterface(worker.stdout);
  const isReady = new Promise<void>((resolve) =>
    lines.on('line', (line) => {
      if (line === 'ready') resolve();
      else saved.push(line.slice('saved '.length));
    }),
  );
  await Promise.race([isReady, ended]);
  await Promise.race([delay(randomInt(5, 250)), ended]);
  const pid = worker.pid ?? 0;
  process.kill(randomInt(2) === 0 ? -pid : pid, 'SIGKILL');
  expect(await ended, complaints).toBe('SIGKILL');
  return saved;
}

/** A person who changes bots by push, again and again, until told to stop. Gives how many pushes went through. */
async function keepPushing(folder: string, signal: AbortSignal): Promise<number> {
  const checkout = join(folder, 'checkout');
  const bare = join(folder, 'data', 'instances.git');
  git(folder, 'clone', '-q', bare, checkout);
  const as = ['-c', 'user.name=Grace', '-c', 'user.email=grace@example.com'];
  const inCheckout = (...args: string[]) => run('git', [...as, ...args], { cwd: checkout });
  let pushes = 0;
  while (!signal.aborted) {
    await inCheckout('fetch', '-q', 'origin');
    await inCheckout('reset', '-q', '--hard', 'origin/main');
    const names = readdirSync(join(checkout, 'instances'));
    appendFileSync(join(checkout, 'instances', names[randomInt(names.length)] ?? ''), `# push ${pushes}\n`);
    await inCheckout('commit', '-qam', 'By hand');
    pushes += await inCheckout('push', '-q', 'origin', 'HEAD:main').then(
      () => 1,
      () => 0,
    );
    await delay(randomInt(300));
  }
  return pushes;
}

describe('a publisher that is killed again and again while somebody pushes', () => {
  it(
    `has each saved edit in exactly one commit or in conflict, after ${KILLS} kills`,
    async () => {
      const folder = tempFolder();
      const data = join(folder, 'data');
      const bare = join(data, 'instances.git');
      await initRepository(bare);
      const bots = ['bot-a', 'bot-b', 'bot-c'].map((name) => creation(recordOf(name)));
      (
        await drain(data, (publisher) =>
          publisher.submit(editOf('Start', { kind: 'Fleet', base: null, next: FLEET }, ...bots)),
        )
      ).close();

      const abort = new AbortController();
      const pushing = keepPushing(folder, abort.signal);
      const saved: string[] = [];
      for (let kill = 0; kill < KILLS; kill += 1) saved.push(...(await runAndKill(data)));
      abort.abort();
      expect(await pushing).toBeGreaterThan(0);
      using store = await drain(data);

      expect(git(bare, 'fsck', '--strict', '--no-dangling')).toBe('');
      const raw = new Database(paths(data).file, { readonly: true });
      expect(raw.pragma('integrity_check', { simple: true })).toBe('ok');
      raw.close();
      expect(existsSync(join(bare, 'HEAD.lock')) || existsSync(join(bare, 'refs/heads/main.lock'))).toBe(false);

      const log = execFileSync(
        'git',
        ['log', '--format=%H %(trailers:key=Claworc-Edit,valueonly,separator=%x20)', 'main'],
        {
          cwd: bare,
          encoding: 'utf8',
          maxBuffer: 64 * 1024 * 1024,
        },
      );
      const commitsOf = new Map<string, string[]>();
      for (const [commit = '', id] of log.split('\n').map((line) => line.split(' '))) {
        if (id) commitsOf.set(id, [...(commitsOf.get(id) ?? []), commit]);
      }
      const states = { published: 0, conflict: 0 };
      expect(saved.length).toBeGreaterThan(KILLS / 2);
      for (const id of saved) {
        const edit = getEdit(store.reader, id);
        if (edit?.state !== 'published' && edit?.state !== 'conflict')
          throw new Error(`${id}: ${JSON.stringify(edit)}`);
        expect([id, ...(commitsOf.get(id) ?? [])]).toEqual(edit.state === 'published' ? [id, edit.commit] : [id]);
        states[edit.state] += 1;
      }
      // No commit claims to be an edit that the database does not know as published.
      for (const id of commitsOf.keys()) expect(getEdit(store.reader, id)?.state).toBe('published');
      expect(states.published).toBeGreaterThan(0);

      const { files } = await (
        await openRepository({ folder: bare, log: silentLog })
      ).readFiles(git(bare, 'rev-parse', 'main').trim());
      expect(verifyRepo(files)).toEqual([]);
      const onMain = [...files.keys()].filter((path) => path.startsWith('instances/'));
      const inDatabase = listInstances(store.reader).filter(({ record }) => record !== null);
      expect(inDatabase.map(({ name }) => `instances/${name}.yaml`).sort()).toEqual(onMain.sort());
    },
    60_000 + KILLS * 5_000,
  );
});
