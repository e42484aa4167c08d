import { execFile } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { tempFolder } from '../../support/temp-folder.ts';

const main = resolve(import.meta.dirname, '../../../server/cli/main.ts');

async function versionWith(home: string): Promise<string> {
  const env = { PATH: process.env.PATH, HOME: home };
  return (await promisify(execFile)(process.execPath, [main, '--version'], { env })).stdout;
}

test("compiled code is kept in the user's cache from the first run on", async () => {
  const home = tempFolder();

  await versionWith(home);

  const kept = join(home, '.cache/claworc/code');
  expect(existsSync(kept)).toBe(true);
  expect(readdirSync(kept, { recursive: true }).length).toBeGreaterThan(10);
});

test('where the cache can not be written the program runs all the same', async () => {
  const home = tempFolder();
  writeFileSync(join(home, '.cache'), 'a file in its place');

  expect(await versionWith(home)).toMatch(/^\d+\.\d+\.\d+\n$/);
});
