import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const entry = resolve(import.meta.dirname, '../../bin/claworc.js');

/** What Node says of its compile cache while the program tells its version. */
async function cacheLog(): Promise<readonly string[]> {
  const env = { PATH: process.env.PATH ?? '', NODE_DEBUG_NATIVE: 'COMPILE_CACHE' };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [entry, '--version'], { env });
  return `${stdout}${stderr}`.split('\n').filter((line) => line.includes('StrippedTypeScript'));
}

test('a second start finds every file of ours stripped, so that the stripper is not loaded into the process', async () => {
  await cacheLog();
  const log = await cacheLog();
  const asked = log.filter((line) => line.includes('retrieving transpile cache'));
  expect(asked.some((line) => line.includes('server/cli/main.ts'))).toBe(true);
  expect(asked.filter((line) => !line.endsWith('success'))).toEqual([]);
});
