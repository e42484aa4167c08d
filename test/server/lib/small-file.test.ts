import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkPlainFile, readNamedFile, readSmallFile, readSmallFileSync } from '../../../server/lib/small-file.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const SPECIAL = /^is a device, a pipe or a socket/;

const make: Readonly<Record<string, (path: string) => void>> = {
  'a pipe': (path) => execFileSync('mkfifo', [path]),
  'a link to a pipe': (path) => {
    execFileSync('mkfifo', [`${path}.pipe`]);
    symlinkSync(`${path}.pipe`, path);
  },
  'a device without an end': (path) => symlinkSync('/dev/zero', path),
};

describe.each(Object.entries(make))('%s in place of a small file', (_what, put) => {
  it('is refused and not waited for, by whoever reads it or has it read', async () => {
    const path = join(tempFolder(), 'token');
    put(path);

    await expect(readSmallFile(path)).rejects.toThrow(SPECIAL);
    await expect(readNamedFile(path)).rejects.toThrow(SPECIAL);
    expect(() => readSmallFileSync(path)).toThrow(SPECIAL);
    expect(() => checkPlainFile(path)).toThrow(SPECIAL);
  });
});

it('a socket in place of a small file is refused', async () => {
  const path = join(tempFolder(), 'token');
  await using server = createServer();
  await new Promise<void>((done) => server.listen(path, done));

  await expect(readSmallFile(path)).rejects.toThrow(SPECIAL);
});

it('a file is read whole up to its limit; one byte more is refused with both sizes', async () => {
  const path = join(tempFolder(), 'token');
  writeFileSync(path, '12345');

  expect((await readSmallFile(path, { most: 5 })).toString()).toBe('12345');
  expect(readSmallFileSync(path, { most: 5 }).toString()).toBe('12345');
  await expect(readSmallFile(path, { most: 4 })).rejects.toThrow('is 5 bytes; at most 4 are read');
  expect(() => readSmallFileSync(path, { most: 4 })).toThrow('is 5 bytes; at most 4 are read');
});

it('a link is followed, as Kubernetes mounts Secrets, unless that is not wanted', async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, '..data'), 'secret');
  symlinkSync('..data', join(folder, 'token'));

  expect((await readSmallFile(join(folder, 'token'))).toString()).toBe('secret');
  await expect(readSmallFile(join(folder, 'token'), { follows: false })).rejects.toThrow(/is a symbolic link/);
});

it.each([
  ['nothing there', () => undefined, true, /^isn't there$/],
  [
    'a folder',
    (path: string) => {
      mkdirSync(path);
    },
    false,
    /^is a folder/,
  ],
  [
    'a link to itself',
    (path: string) => {
      symlinkSync(path, path);
    },
    false,
    /one that leads to itself/,
  ],
])('with %s the error says so, and never where on this machine', async (_what, put, isMissing, words) => {
  const path = join(tempFolder(), 'token');
  put(path);

  const error: unknown = await readSmallFile(path).catch((thrown: unknown) => thrown);

  expect(error).toMatchObject({ name: 'FileNotRead', isMissing, message: expect.stringMatching(words) as string });
  expect((error as Error).message).not.toContain(path);
});
