import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runClaworc } from '../../acceptance/claworc-process.ts';
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
