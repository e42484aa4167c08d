import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createIdentity, loadIdentity, recipientOf } from '../../../server/secrets/identity.ts';
import { NOW, temporaryFolder } from './fixtures.ts';

const clock = { now: () => NOW };

test('a new identity is a file of mode 0600 in the text of age-keygen', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'age-identity.txt');

  const identity = await createIdentity(file, { clock });

  const text = await readFile(file, 'utf8');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(text).toMatch(
    /^# created: 2026-11-22T10:20:30Z\n# public key: age1[a-z0-9]{58}\nAGE-SECRET-KEY-1[0-9A-Z]{58}\n$/,
  );
  expect(text).toContain(recipientOf(identity));
  expect(await readdir(folder.path)).toEqual(['age-identity.txt']);
});

test('an identity file is never overwritten', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'age-identity.txt');
  const first = await createIdentity(file, { clock });

  await expect(createIdentity(file, { clock })).rejects.toThrow(/exists already/);

  expect(await loadIdentity(file)).toMatchObject({
    ok: true,
    identity: { recipients: first.recipients },
    warning: null,
  });
  expect(await readdir(folder.path)).toEqual(['age-identity.txt']);
});

test('of many creations at once one wins and the file is whole', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'age-identity.txt');

  const results = await Promise.allSettled(Array.from({ length: 8 }, () => createIdentity(file, { clock })));

  const created = results.filter((result) => result.status === 'fulfilled');
  expect(created).toHaveLength(1);
  expect(await loadIdentity(file)).toMatchObject({ ok: true, identity: { recipients: created[0]!.value.recipients } });
});

test('an identity that others may read is used with a warning that says what to do', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'age-identity.txt');
  await createIdentity(file, { clock });
  await chmod(file, 0o644);

  const loaded = await loadIdentity(file);

  expect(loaded.ok && loaded.warning).toMatch(/mode 0644.*chmod 600/);
});

test('a file of several identities opens with each and seals for the first', async () => {
  await using folder = await temporaryFolder();
  const [one, two, both] = ['one', 'two', 'both'].map((name) => join(folder.path, name));
  const first = await createIdentity(one!, { clock });
  const second = await createIdentity(two!, { clock });
  await writeFile(both!, `${await readFile(one!, 'utf8')}\r\n${await readFile(two!, 'utf8')}`, { mode: 0o600 });

  const loaded = await loadIdentity(both!);

  if (!loaded.ok) throw new Error(loaded.reason);
  expect(loaded.identity.recipients).toEqual([...first.recipients, ...second.recipients]);
  expect(recipientOf(loaded.identity)).toBe(recipientOf(first));
});

test('a missing file, an empty one and one of something else are told apart, and what they hold is not repeated', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'age-identity.txt');

  expect(await loadIdentity(file)).toMatchObject({ ok: false, code: 'missing' });
  await writeFile(file, '# nothing here\n');
  expect(await loadIdentity(file)).toMatchObject({ ok: false, code: 'malformed' });
  await writeFile(file, '# two lines\nAGE-SECRET-KEY-1CANARYCANARYCANARYCANARY\n');
  const broken = await loadIdentity(file);
  expect(broken).toMatchObject({ ok: false, code: 'malformed' });
  expect(!broken.ok && broken.reason).toContain(`${file}:2`);
  expect(JSON.stringify(broken)).not.toContain('CANARY');
  const directory = await loadIdentity(folder.path);
  expect(directory).toMatchObject({ ok: false, code: 'unreadable' });
  expect(!directory.ok && directory.reason).toContain('is a folder');
});

test('an identity prints and serialises as its public recipients only', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'age-identity.txt');
  const identity = await createIdentity(file, { clock });

  const shown = [inspect(identity, { depth: 9, showHidden: true }), JSON.stringify({ identity })].join();

  expect(shown).toContain(recipientOf(identity));
  expect(shown).not.toContain('AGE-SECRET-KEY');
});
