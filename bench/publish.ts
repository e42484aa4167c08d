import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GitRepository } from '../server/git/repository.ts';
import { median, percentile, type Measurement } from './measurement.ts';
import { startPublishing, type Publishing } from './publishing.ts';

const INSTANCES = 1_000;
const ROUNDS = 15;
/** Saves of each size, in turns. */
const SAVES = 40;
const [FEW, MANY] = [50, 5_000];

/** One edit of one bot in a fleet, published through everything there is, beside plain git committing its files. */
export async function run(): Promise<readonly Measurement[]> {
  return [...(await besideGit()), ...(await bySize())];
}

async function besideGit(): Promise<readonly Measurement[]> {
  await using publishing = await startPublishing({ bots: INSTANCES });
  const { folder, repository } = publishing;
  const checkout = join(folder, 'checkout');
  execFileSync('git', ['clone', '-q', repository.folder, checkout]);
  const publishTimes: number[] = [];
  const gitTimes: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { commit, ms } = await publishing.save(nameAt(publishing, round));
    publishTimes.push(ms);
    gitTimes.push(await commitByGit(repository, checkout, commit));
  }
  const [publishMs, gitMs] = [median(publishTimes), median(gitTimes)];
  return [
    { name: `an edit to its commit, ${INSTANCES} bots`, value: publishMs, unit: 'ms' },
    { name: 'git add and git commit of its files', value: gitMs, unit: 'ms' },
    { name: 'ratio', value: publishMs / gitMs, unit: 'times', limit: 3 },
  ];
}

/** What a save costs must not grow with the fleet. */
async function bySize(): Promise<readonly Measurement[]> {
  await using few = await startPublishing({ bots: FEW });
  await using many = await startPublishing({ bots: MANY });
  const times = { few: [] as number[], many: [] as number[] };
  for (let round = 0; round < SAVES; round += 1) {
    times.few.push((await few.save(nameAt(few, round))).ms);
    times.many.push((await many.save(nameAt(many, round))).ms);
  }
  return [
    { name: `save to commit, ${FEW} bots, median`, value: median(times.few), unit: 'ms' },
    { name: `save to commit, ${FEW} bots, p95`, value: percentile(times.few, 95), unit: 'ms', limit: 200 },
    { name: `save to commit, ${MANY} bots, median`, value: median(times.many), unit: 'ms' },
    { name: `save to commit, ${MANY} bots, p95`, value: percentile(times.many, 95), unit: 'ms' },
    {
      name: `${MANY} beside ${FEW} bots, median`,
      value: median(times.many) / median(times.few),
      unit: 'times',
      limit: 1.5,
    },
  ];
}

const nameAt = ({ names }: Publishing, round: number): string => names[(round * 37) % names.length] ?? '';

/** Milliseconds that a person's git takes for the files of `commit`, with the same care for the disk. */
async function commitByGit(repository: GitRepository, checkout: string, commit: string): Promise<number> {
  const [made] = await repository.log({ until: commit, limit: 1 });
  for (const { path } of made?.files ?? []) {
    writeFileSync(join(checkout, path), (await repository.readFile(commit, path)) ?? '');
  }
  const settings = ['core.fsync=all', 'gc.auto=0', 'user.name=b', 'user.email=b'].flatMap((each) => ['-c', each]);
  const git = (...args: string[]) => execFileSync('git', [...settings, ...args], { cwd: checkout });
  const started = performance.now();
  git('add', '-A');
  git('commit', '-qm', 'Bench');
  return performance.now() - started;
}
