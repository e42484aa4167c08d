import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runClaworc } from '../../acceptance/claworc-process.ts';
import { git } from '../../support/person-git.ts';
import { tempFolder } from '../../support/temp-folder.ts';

it.each([
  ['age-identity.txt'],
  ['fingerprint.key'],
  ['instances.git/HEAD'],
  ['instances.git/config'],
  ['instances.git/refs/heads/main'],
  ['instances.git'],
])('a pipe in place of %s ends a start with one line (it once waited for ever, deaf to signals)', async (path) => {
  const data = join(tempFolder(), 'data');
  await runClaworc(['init', '--data', data]);
  rmSync(join(data, path), { recursive: true, force: true });
  execFileSync('mkfifo', [join(data, path)]);

  const { code, stderr } = await runClaworc(['start', '--data', data, '--port', '0']);

  expect(code).toBe(1);
  expect(stderr.split('\n').filter((line) => line.startsWith('claworc: '))).toEqual([
    expect.stringContaining(join(data, path)),
  ]);
  expect(stderr).not.toMatch(/^ {4}at /m);
});

it('a record that is a pipe in a checkout is not known to be gone: its bot is held, and the diff does not say that it stops', async () => {
  const data = join(tempFolder(), 'data');
  await runClaworc(['init', '--data', data, '--examples']);
  const checkout = join(tempFolder(), 'checkout');
  git(tempFolder(), 'clone', '-q', join(data, 'instances.git'), checkout);
  const record = join(checkout, 'instances/bot-alpha.yaml');
  rmSync(record);
  execFileSync('mkfifo', [record]);

  const diff = await runClaworc(['diff', 'HEAD', '--repo', checkout, '--format', 'json']);
  const synth = await runClaworc(['synth', '--repo', checkout]);

  const { bots } = JSON.parse(diff.stdout) as { bots: { name: string; action: string; words: string[] }[] };
  const alpha = bots.find(({ name }) => name === 'bot-alpha');
  expect(alpha?.action).toBe('configure');
  expect(alpha?.words[0]).toMatch(/^It is held and left as it is: instances\/bot-alpha\.yaml: is a device, a pipe/);
  expect([diff.code, synth.code]).toEqual([1, 1]);
  expect(git(checkout, 'status', '--porcelain', '--', 'dist', 'tombstones')).toBe('');
});
