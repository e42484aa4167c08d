import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSshd, type Sshd } from '../test/support/sshd/sshd.ts';
import { median, percentile, type Measurement } from './measurement.ts';
import { startPublishing, type Publishing } from './publishing.ts';

const BOTS = Number(process.env.BENCH_BOTS ?? 50);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 12);

/**
 * Main on a remote over ssh on loopback: an edit from its saved draft to its commit there, beside a person who fetches,
 * commits the same files and pushes, in turns; and what somebody else pushes, until it is imported and rendered.
 */
export async function run(): Promise<readonly Measurement[]> {
  await using sshd = await startSshd();
  const { url } = await sshd.createRepository('bots');
  const folder = mkdtempSync(join(tmpdir(), 'claworc-bench-'));
  let fetchedAt = 0;
  try {
    await using publishing = await startPublishing({
      bots: BOTS,
      remote: { url, access: { sshKey: sshd.keyFile, knownHosts: sshd.knownHostsFile } },
      failpoint: (step) => {
        if (step === 'main-fetched') fetchedAt = performance.now();
      },
    });
    const person = personOver(sshd, url, folder);
    const times = { save: [] as number[], git: [] as number[], imported: [] as number[], rendered: [] as number[] };
    for (let round = 0; round < ROUNDS; round += 1) {
      const name = publishing.names[(round * 7) % BOTS] ?? '';
      const { commit, ms } = await publishing.save(name);
      times.save.push(ms);
      person.update();
      times.git.push(await person.repeat(publishing, commit));
      await followed(publishing, () => undefined);

      person.update();
      person.change(name, round);
      const told = await followed(publishing, person.push);
      times.imported.push(told.importedAt - fetchedAt);
      times.rendered.push(told.renderedAt - fetchedAt);
    }
    const [save, git] = [median(times.save), median(times.git)];
    return [
      { name: 'save to commit on the remote, median', value: save, unit: 'ms' },
      { name: 'save to commit on the remote, p95', value: percentile(times.save, 95), unit: 'ms' },
      { name: 'git fetch, commit and push of its files, median', value: git, unit: 'ms' },
      { name: 'ratio', value: save / git, unit: 'times', limit: 1.2 },
      { name: 'a push: fetched to imported, median', value: median(times.imported), unit: 'ms', limit: 300 },
      { name: 'a push: fetched to imported, p95', value: percentile(times.imported, 95), unit: 'ms' },
      {
        name: 'a push: fetched to rendered on the remote, median',
        value: median(times.rendered),
        unit: 'ms',
        limit: 1_000,
      },
      { name: 'a push: fetched to rendered on the remote, p95', value: percentile(times.rendered, 95), unit: 'ms' },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** When what `push` brings was imported, and when its rendering was on the remote. */
async function followed(
  { publisher }: Publishing,
  push: () => void,
): Promise<{ readonly importedAt: number; readonly renderedAt: number }> {
  const told = new EventTarget();
  const stops = [
    publisher.on('imported', () => told.dispatchEvent(new Event('imported'))),
    publisher.on('rendered', () => told.dispatchEvent(new Event('rendered'))),
  ];
  const imported = once(told, 'imported').then(() => performance.now());
  const rendered = once(told, 'rendered').then(() => performance.now());
  push();
  publisher.pull();
  const [importedAt, renderedAt] = await Promise.all([imported, rendered]);
  for (const stop of stops) stop();
  return { importedAt, renderedAt };
}

/** A checkout of the remote, by the git and the ssh of this machine, with the same care for the disk. */
function personOver(sshd: Sshd, url: string, folder: string) {
  const checkout = join(folder, 'checkout');
  const ssh = `ssh -F /dev/null -i ${sshd.keyFile} -o IdentitiesOnly=yes -o UserKnownHostsFile=${sshd.knownHostsFile}`;
  const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1', GIT_SSH_COMMAND: ssh };
  const settings = ['core.fsync=all', 'gc.auto=0', 'user.name=b', 'user.email=b'].flatMap((each) => ['-c', each]);
  const git = (...args: string[]): void => {
    execFileSync('git', [...settings, ...args], { cwd: checkout, env, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  execFileSync('git', ['clone', '-q', url, checkout], { env });
  return {
    update: (): void => {
      git('fetch', '-q', 'origin');
      git('reset', '-q', '--hard', 'origin/main');
    },
    /** Milliseconds for a change of the files that `commit` changed. */
    repeat: async ({ repository }: Publishing, commit: string): Promise<number> => {
      const [made] = await repository.log({ until: commit, limit: 1 });
      for (const { path } of made?.files ?? []) appendFileSync(join(checkout, path), '# again\n');
      const started = performance.now();
      git('fetch', '-q', 'origin');
      git('commit', '-qam', 'Again');
      git('push', '-q', 'origin', 'HEAD:main');
      return performance.now() - started;
    },
    change: (name: string, round: number): void => {
      const file = join(checkout, 'instances', `${name}.yaml`);
      const text = execFileSync('cat', [file], { encoding: 'utf8' });
      writeFileSync(file, text.replace(/ROUND: .*/, `ROUND: "pushed-${round}"`));
      git('commit', '-qam', 'By hand');
    },
    push: (): void => git('push', '-q', 'origin', 'HEAD:main'),
  };
}
