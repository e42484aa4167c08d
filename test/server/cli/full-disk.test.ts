import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Finished, runClaworc } from '../../acceptance/claworc-process.ts';
import { git } from '../../support/person-git.ts';
import { canMount, fill, gitSeenBy, onSmallDisk, seenBy } from '../../support/small-disk.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** A folder that is a disk of its own for the commands that are run there, one after the other. */
async function smallDisk(folder: string, size: string) {
  const [command, ...rest] = [
    'unshare',
    ...onSmallDisk(folder, size).slice(1),
    'sh',
    '-c',
    'echo mounted; exec sleep 3600',
  ];
  const holder = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  const pid = holder.pid ?? 0;
  const apart = { HOME: tempFolder(), TMPDIR: tempFolder() };
  return {
    pid,
    seen: seenBy(pid, folder),
    run: (...args: readonly string[]): Promise<Finished> =>
      runClaworc(args, { env: apart, within: ['nsenter', '-t', String(pid), '-m', '--'] }),
  };
}

/** One line that says what is so, and no stack. */
function expectFullDisk({ code, stderr }: Finished): void {
  expect(stderr).toMatch(/disk.*full|no space left/i);
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(code).toBe(1);
}

test.skipIf(!canMount)(
  'synth on a full disk ends with one line and leaves whole files alone; with room again it does the rest',
  async () => {
    const data = join(tempFolder(), 'data');
    await runClaworc(['init', '--data', data, '--examples']);
    const checkout = join(tempFolder(), 'checkout');
    git(tempFolder(), 'clone', '-q', join(data, 'instances.git'), checkout);
    const disk = await smallDisk(checkout, '2m');
    const fleet = join(disk.seen, 'claworc.yaml');
    const before = gitSeenBy(disk.pid, checkout, 'ls-files', 'dist').trim().split('\n');
    writeFileSync(fleet, readFileSync(fleet, 'utf8').replace(/image: .*/, 'image: example.com/other:1'));
    const texts = new Map(before.map((file) => [file, readFileSync(join(disk.seen, file), 'utf8')]));
    const makeRoom = fill(disk.seen);

    expectFullDisk(await disk.run('synth', '--repo', checkout));

    const whole = /^(?:#.*\n)*apiVersion: [\s\S]*\n$/;
    for (const [file, text] of texts) {
      const now = readFileSync(join(disk.seen, file), 'utf8');
      expect(now === text || whole.test(now), file).toBe(true);
    }
    makeRoom();
    expect((await disk.run('synth', '--repo', checkout)).code).toBe(0);
    expect((await disk.run('synth', '--check', '--repo', checkout)).code).toBe(0);
    expect(gitSeenBy(disk.pid, checkout, 'status', '--porcelain', '-uall')).not.toContain('claworc-tmp');
  },
);

test.skipIf(!canMount)(
  'import on a full disk ends with one line; with room again it brings the whole of main in',
  async () => {
    const origin = join(tempFolder(), 'origin');
    await runClaworc(['init', '--data', origin, '--examples']);
    const data = join(tempFolder(), 'data');
    await runClaworc(['init', '--data', data]);
    const disk = await smallDisk(data, '4m');
    const makeRoom = fill(disk.seen);
    const importing = () => disk.run('import', '--data', data, '--repo', join(origin, 'instances.git'));

    expectFullDisk(await importing());

    makeRoom();
    const { code, stdout } = await importing();
    expect(stdout).toMatch(/^imported [1-9]\d* instances from [0-9a-f]{7}$/m);
    expect(code).toBe(0);
  },
);
