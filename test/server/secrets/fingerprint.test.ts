import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemRandom } from '../../../server/lib/random.ts';
import { fingerprint, isSameFingerprint, loadFingerprintKey } from '../../../server/secrets/fingerprint.ts';
import { temporaryFolder } from './fixtures.ts';

test('the fingerprint key is made once, 32 bytes in a file of mode 0600', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'fingerprint.key');

  const keys = await Promise.all([1, 2, 3, 4].map(() => loadFingerprintKey(file, systemRandom)));

  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(keys.map((key) => Buffer.from(key).toString('hex'))).toEqual(
    Array(4).fill((await readFile(file)).toString('hex')),
  );
  expect(keys[0]).toHaveLength(32);
});

test('a file of another length is named and left alone', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'fingerprint.key');
  await writeFile(file, 'short');

  await expect(loadFingerprintKey(file, systemRandom)).rejects.toMatchObject({ code: 'secrets', subject: file });

  expect(await readFile(file, 'utf8')).toBe('short');
});

test('only the same value of the same key under the same fingerprint key has the same fingerprint', () => {
  const key = systemRandom(32);
  const one = fingerprint(key, 'global', 'OPENAI_API_KEY', 'value');

  expect(isSameFingerprint(one, fingerprint(key, 'global', 'OPENAI_API_KEY', 'value'))).toBe(true);
  for (const other of [
    fingerprint(key, 'bot-alpha', 'OPENAI_API_KEY', 'value'),
    fingerprint(key, 'global', 'BRAVE_API_KEY', 'value'),
    fingerprint(key, 'global', 'OPENAI_API_KEY', 'value2'),
    fingerprint(systemRandom(32), 'global', 'OPENAI_API_KEY', 'value'),
  ]) {
    expect(isSameFingerprint(one, other)).toBe(false);
  }
});
