import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../../../server/lib/clock.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { createIdentity } from '../../../../server/secrets/identity.ts';
import { backUp, type BackUpOptions } from '../../../../server/services/backup/back-up.ts';
import { restore, type RestoreOptions } from '../../../../server/services/backup/restore.ts';
import { rebuildDatabase } from '../../../../server/services/commands/import.ts';
import { initData } from '../../../../server/services/commands/init.ts';
import { listInstances } from '../../../../server/store/instances.ts';
import { openStore } from '../../../../server/store/open-store.ts';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const common = { clock: systemClock, say: () => undefined, signal: new AbortController().signal };

/** A data folder with three bots, a branch beside main, and where its backup and its restored copy go. */
async function dataFolder() {
  const folder = tempFolder();
  const data = join(folder, 'data');
  const repo = join(data, 'instances.git');
  await initData({ data, namespace: 'claworc', withExamples: true, clock: systemClock, log: silentLog });
  await rebuildDatabase({ data, repo, clock: systemClock, log: silentLog });
  git(repo, 'update-ref', 'refs/heads/proposals/more-memory', 'refs/heads/main');
  git(repo, 'update-ref', 'refs/claworc/kept', 'refs/heads/main');
  writeFileSync(join(data, 'fingerprint.key'), Buffer.alloc(32, 7), { mode: 0o600 });
  const to = join(folder, 'backup');
  const back = (options: Partial<BackUpOptions> = {}) =>
    backUp({ data, to, recipients: [], version: '1.2.3', ...common, ...options });
  const target = join(folder, 'restored');
  const bring = (options: Partial<RestoreOptions> = {}) =>
    restore({ from: to, data: target, setAside: false, ...common, ...options });
  return { folder, data, repo, to, target, back, bring };
}

const namesIn = (data: string): string[] => {
  using store = openStore({ file: join(data, 'claworc.db'), lockFile: join(data, 'claworc.lock'), log: silentLog });
  return listInstances(store.reader).map(({ name }) => name);
};
const failing = (code: string, text: string) => ({ code, message: expect.stringContaining(text) as string });
const refsOf = (repo: string) => git(repo, 'for-each-ref', '--format=%(refname) %(objectname)');

test('a backup that is restored has the same bots, refs, identity and fingerprints, readable by their owner only', async () => {
  const { data, repo, to, target, back, bring } = await dataFolder();

  const manifest = await back();
  await bring();

  expect(manifest.files.map(({ name }) => name)).toEqual([
    'claworc.db',
    'age-identity.txt',
    'fingerprint.key',
    'instances.bundle',
  ]);
  expect(namesIn(target)).toEqual(namesIn(data));
  expect(refsOf(join(target, 'instances.git'))).toBe(refsOf(repo));
  expect(git(join(target, 'instances.git'), 'fsck', '--strict')).toBe('');
  for (const name of ['age-identity.txt', 'fingerprint.key']) {
    expect(readFileSync(join(target, name))).toEqual(readFileSync(join(data, name)));
  }
  for (const file of [...manifest.files.map(({ name }) => join(to, name)), join(target, 'claworc.db')]) {
    expect(statSync(file).mode & 0o777).toBe(0o600);
  }
  expect(statSync(to).mode & 0o777).toBe(0o700);
  expect(readdirSync(data).filter((name) => name.startsWith('.backup'))).toEqual([]);
  expect(readdirSync(target).sort()).toEqual([
    'age-identity.txt',
    'claworc.db',
    'claworc.lock',
    'fingerprint.key',
    'instances.git',
  ]);
});

test('an encrypted backup shows nothing of what it holds, opens with its identity and with no other', async () => {
  const { folder, to, target, data, back, bring } = await dataFolder();
  const key = join(folder, 'safe.txt');
  const identity = await createIdentity(key, { clock: systemClock });

  await back({ recipients: identity.recipients });

  for (const name of readdirSync(to)) {
    const bytes = readFileSync(join(to, name));
    for (const told of ['AGE-SECRET-KEY', 'SQLite format', 'bot-alpha']) expect(bytes.includes(told)).toBe(false);
  }
  await expect(bring()).rejects.toMatchObject(failing('usage', '--identity'));
  await expect(bring({ identity: join(data, 'age-identity.txt') })).rejects.toMatchObject({ code: 'secrets' });
  await bring({ identity: key });
  expect(namesIn(target)).toEqual(namesIn(data));
});

test('a recipient that is none ends a backup before there is one', async () => {
  const { to, back } = await dataFolder();
  await expect(back({ recipients: ['age1nobody'] })).rejects.toMatchObject({ code: 'usage' });
  expect(existsSync(join(to, 'manifest.json'))).toBe(false);
});

test('a changed byte, a missing file and a missing manifest are each refused by name, and nothing is restored', async () => {
  const { to, target, back, bring } = await dataFolder();
  await back();
  const database = join(to, 'claworc.db');
  const bytes = readFileSync(database);
  const changed = Buffer.from(bytes);
  changed[5000] = (changed[5000] ?? 0) ^ 1;
  writeFileSync(database, changed);
  await expect(bring()).rejects.toMatchObject(failing('invalid', 'claworc.db'));
  writeFileSync(database, bytes);
  const bundle = readFileSync(join(to, 'instances.bundle'));
  rmSync(join(to, 'instances.bundle'));
  await expect(bring()).rejects.toMatchObject(failing('invalid', 'instances.bundle'));
  writeFileSync(join(to, 'instances.bundle'), bundle);
  rmSync(join(to, 'manifest.json'));
  await expect(bring()).rejects.toMatchObject(failing('usage', 'no finished backup'));
  expect(existsSync(target)).toBe(false);
});

test('a backup of a newer program is refused with its version', async () => {
  const { to, back, bring } = await dataFolder();
  const manifest = await back();
  const file = join(to, 'manifest.json');
  writeFileSync(file, JSON.stringify({ ...manifest, database: 9000 }));
  await expect(bring()).rejects.toMatchObject(failing('usage', 'newer Claworc (1.2.3'));
  writeFileSync(file, JSON.stringify({ ...manifest, format: 'claworc-backup/2' }));
  await expect(bring()).rejects.toMatchObject(failing('usage', 'claworc-backup/2'));
});

test('a data folder in use is left as it is, or kept whole beside what is restored', async () => {
  const { data, back, bring } = await dataFolder();
  await back();
  const identity = readFileSync(join(data, 'age-identity.txt'));
  writeFileSync(join(data, 'claworc.db'), 'another database');

  await expect(bring({ data })).rejects.toMatchObject(failing('usage', '--set-aside'));
  expect(readFileSync(join(data, 'claworc.db'), 'utf8')).toBe('another database');

  const { setAside } = await bring({ data, setAside: true });
  expect(readFileSync(join(setAside ?? '', 'claworc.db'), 'utf8')).toBe('another database');
  expect(readFileSync(join(setAside ?? '', 'age-identity.txt'))).toEqual(identity);
  expect(namesIn(data)).toHaveLength(3);
});

test('a server that holds the data folder is backed up, and not restored over', async () => {
  const { data, back, bring } = await dataFolder();
  using _server = openStore({ file: join(data, 'claworc.db'), lockFile: join(data, 'claworc.lock'), log: silentLog });
  await back();
  await expect(bring({ data, setAside: true })).rejects.toMatchObject({ code: 'locked' });
});

test('after a restore that was stopped no server takes the half for all there was; restored again it is whole', async () => {
  const { target, back, bring } = await dataFolder();
  await back();
  mkdirSync(join(target, '.restoring'), { recursive: true });
  writeFileSync(join(target, 'restore-unfinished'), '');
  writeFileSync(join(target, 'age-identity.txt'), 'the first that was moved');
  const opening = () =>
    openStore({ file: join(target, 'claworc.db'), lockFile: join(target, 'claworc.lock'), log: silentLog });
  expect(opening).toThrow('run `claworc restore` again');

  await bring();
  expect(namesIn(target)).toHaveLength(3);
  expect(readFileSync(join(target, 'age-identity.txt'), 'utf8')).toContain('AGE-SECRET-KEY');
});

test('a backup that is stopped is none, and leaves no copy in the data folder', async () => {
  const { data, to, back, bring } = await dataFolder();
  const stop = new AbortController();
  const stopped = back({
    signal: stop.signal,
    say: (line) => {
      if (line.includes('repository')) stop.abort();
    },
  });
  await expect(stopped).rejects.toThrow();
  expect(existsSync(join(to, 'manifest.json'))).toBe(false);
  expect(readdirSync(data).filter((name) => name.startsWith('.backup'))).toEqual([]);
  await expect(bring()).rejects.toMatchObject({ code: 'usage' });
});

test('a damaged database is not backed up as a sound one', async () => {
  const { data, to, back } = await dataFolder();
  const bytes = readFileSync(join(data, 'claworc.db'));
  bytes.fill(0x55, 8192, 16384);
  writeFileSync(join(data, 'claworc.db'), bytes);
  await expect(back()).rejects.toMatchObject({ code: 'database' });
  expect(existsSync(join(to, 'manifest.json'))).toBe(false);
});

test('a folder with something in it, and a folder that is no data folder, are refused', async () => {
  const { folder, to, back } = await dataFolder();
  await expect(back({ data: folder })).rejects.toMatchObject({ code: 'usage' });
  await back();
  await expect(back()).rejects.toMatchObject(failing('usage', to));
});

test('a repository without a commit is restored as one', async () => {
  const folder = tempFolder();
  const data = join(folder, 'data');
  using store = openStore({ file: join(data, 'claworc.db'), lockFile: join(data, 'claworc.lock'), log: silentLog });
  store.close();
  git(folder, 'init', '-q', '--bare', '-b', 'main', join(data, 'instances.git'));
  await backUp({ data, to: join(folder, 'b'), recipients: [], version: '1', ...common });
  await restore({ from: join(folder, 'b'), data: join(folder, 'r'), setAside: false, ...common });
  expect(git(join(folder, 'r/instances.git'), 'symbolic-ref', 'HEAD').trim()).toBe('refs/heads/main');
});
