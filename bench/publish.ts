import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BotInstance } from '../constructs/schema/index.ts';
import { initRepository } from '../server/git/init-repository.ts';
import { openRepository } from '../server/git/repository.ts';
import { createSnapshots } from '../server/git/snapshots.ts';
import { systemClock } from '../server/lib/clock.ts';
import { silentLog } from '../server/lib/log.ts';
import { createPublisher } from '../server/services/publish/create-publisher.ts';
import type { Publisher } from '../server/services/publish/publisher.ts';
import type { DocumentChange } from '../server/store/edit.ts';
import { getInstance } from '../server/store/instances.ts';
import { openStore } from '../server/store/open-store.ts';
import { benchFleet } from './fleet.ts';
import { median, type Measurement } from './measurement.ts';

const INSTANCES = 1_000;
const ROUNDS = 15;
const AUTHOR = { name: 'Bench', email: 'bench@example.com' };

/** One edit of one bot in a fleet, published through everything there is, beside plain git committing its files. */
export async function run(): Promise<readonly Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'claworc-bench-'));
  const bare = join(folder, 'instances.git');
  await initRepository(bare);
  using store = openStore({
    file: join(folder, 'claworc.db'),
    lockFile: join(folder, 'claworc.lock'),
    log: silentLog,
  });
  const repository = await openRepository({ folder: bare, log: silentLog });
  const snapshots = createSnapshots(repository);
  const publisher = createPublisher({ store, repository, snapshots, log: silentLog, clock: systemClock });
  const abort = new AbortController();
  const running = publisher.run(abort.signal);
  try {
    const { fleet, records } = benchFleet(INSTANCES);
    const creations = records.map((record): DocumentChange => {
      return { kind: 'BotInstance', name: record.metadata.name, base: null, next: record };
    });
    await publish(publisher, [{ kind: 'Fleet', base: null, next: fleet }, ...creations]);
    const checkout = join(folder, 'checkout');
    execFileSync('git', ['clone', '-q', bare, checkout]);

    const publishTimes: number[] = [];
    const gitTimes: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const name = records[(round * 37) % records.length]?.metadata.name ?? '';
      const base = getInstance(store.reader, name)?.record;
      if (!base) throw new Error(`${name} is not on main`);
      const started = performance.now();
      const commit = await publish(publisher, [{ kind: 'BotInstance', name, base, next: changed(base, round) }]);
      publishTimes.push(performance.now() - started);
      gitTimes.push(await commitByGit(repository, checkout, commit));
    }
    const [publishMs, gitMs] = [median(publishTimes), median(gitTimes)];
    return [
      { name: `an edit to its commit, ${INSTANCES} bots`, value: publishMs, unit: 'ms' },
      { name: 'git add and git commit of its files', value: gitMs, unit: 'ms' },
      { name: 'ratio', value: publishMs / gitMs, unit: 'times', limit: 3 },
    ];
  } finally {
    abort.abort();
    await running;
    rmSync(folder, { recursive: true, force: true });
  }
}

function changed(record: BotInstance, round: number): BotInstance {
  return { ...record, spec: { ...record.spec, env: { ...record.spec.env, ROUND: String(round) } } };
}

async function publish(publisher: Publisher, changes: readonly DocumentChange[]): Promise<string> {
  const id = randomUUID();
  publisher.submit({ id, at: new Date().toISOString(), author: AUTHOR, message: 'Bench', changes });
  const settled = await publisher.settled(id, 120_000);
  if (settled.state !== 'published') throw new Error(`not published: ${JSON.stringify(settled)}`);
  return settled.commit;
}

/** Milliseconds that a person's git takes for the files of `commit`, with the same care for the disk. */
async function commitByGit(
  repository: Awaited<ReturnType<typeof openRepository>>,
  checkout: string,
  commit: string,
): Promise<number> {
  const [made] = await repository.log({ until: commit, limit: 1 });
  for (const { path } of made?.files ?? []) {
    writeFileSync(join(checkout, path), (await repository.readFile(commit, path)) ?? '');
  }
  const git = (...args: string[]) =>
    execFileSync(
      'git',
      ['-c', 'core.fsync=all', '-c', 'gc.auto=0', '-c', 'user.name=b', '-c', 'user.email=b', ...args],
      {
        cwd: checkout,
      },
    );
  const started = performance.now();
  git('add', '-A');
  git('commit', '-qm', 'Bench');
  return performance.now() - started;
}
