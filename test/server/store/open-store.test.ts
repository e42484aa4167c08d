import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../../../server/lib/log.ts';
import { getMeta, setMeta } from '../../../server/store/meta.ts';
import { readMigrations } from '../../../server/store/migrate.ts';
import { openStore, type Store } from '../../../server/store/open-store.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const pathsIn = (folder: string) => ({ file: join(folder, 'claworc.db'), lockFile: join(folder, 'claworc.lock') });
const open = (folder: string, migrations = readMigrations()): Store =>
  openStore({ ...pathsIn(folder), log: silentLog, migrations });

describe('opening the database', () => {
  it('makes the folder and a database that only its owner can read', () => {
    const folder = join(tempFolder(), 'data');

    open(folder).close();

    expect(statSync(join(folder, 'claworc.db')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual(['claworc.db', 'claworc.lock']);
  });

  it('has a write-ahead log, checks foreign keys and holds only strict tables', () => {
    const folder = tempFolder();
    const store = open(folder);
    store.transact((tx) => setMeta(tx, 'a', '1'));

    // A second connection sees what the file says, not what this process set for its own.
    const other = new Database(join(folder, 'claworc.db'), { readonly: true });
    expect(other.pragma('journal_mode', { simple: true })).toBe('wal');
    const tables = other
      .prepare('SELECT name FROM pragma_table_list WHERE "schema" = \'main\' AND strict = 0')
      .pluck()
      .all();
    expect(tables.filter((name) => !String(name).startsWith('sqlite_'))).toEqual([]);
    other.close();
    expect(() =>
      store.transact((tx) => tx.run("INSERT INTO outbox_conflicts VALUES ('none', 0, 'u', 'f', NULL, NULL, NULL)")),
    ).toThrow(/FOREIGNKEY/);
    store.close();
  });

  it('explains every table in its own schema', () => {
    const folder = tempFolder();
    open(folder).close();
    const database = new Database(join(folder, 'claworc.db'), { readonly: true });

    const schemas = database
      .prepare("SELECT sql FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL")
      .pluck()
      .all();

    for (const sql of schemas.filter((text) => !String(text).includes('sqlite_sequence')))
      expect(sql).toMatch(/^ {2}-- /m);
    database.close();
  });

  it('undoes all of a transaction that throws', () => {
    const store = open(tempFolder());

    expect(() =>
      store.transact((tx) => {
        setMeta(tx, 'a', '1');
        throw new Error('on purpose');
      }),
    ).toThrow('on purpose');

    expect(getMeta(store.reader, 'a')).toBeUndefined();
    store.close();
  });

  it('gives a reader that can not write, whatever SQL it is handed', () => {
    const store = open(tempFolder());

    expect(() => store.reader.all({}, "INSERT INTO meta VALUES ('a', 'b') RETURNING key")).toThrow(/readonly/);
    store.close();
  });

  it('does not believe a row that is not as it should be', () => {
    const folder = tempFolder();
    const store = open(folder);
    store.transact((tx) =>
      tx.run('INSERT INTO fleet (id, record, commit_id) VALUES (1, \'{"kind": "Fleet"}\', \'x\')'),
    );

    return import('../../../server/store/fleet.ts').then(({ getFleet }) => {
      expect(() => getFleet(store.reader)).toThrow(/not as it should be/);
      store.close();
    });
  });
});

describe('a second process on the same data', () => {
  it('stops with one clear line, and gets the data when the first one is gone', () => {
    const folder = tempFolder();
    const store = open(folder);
    const script = `
      import { openStore } from ${JSON.stringify(join(import.meta.dirname, '../../../server/store/open-store.ts'))};
      try {
        openStore({ ...${JSON.stringify(pathsIn(folder))}, log: {} });
        console.log('opened');
        process.kill(process.pid, 'SIGKILL');
      } catch (error) {
        console.log(error.code + ': ' + error.message);
      }`;
    const second = (): string =>
      spawnSync(process.execPath, ['--input-type=module', '-e', script]).stdout.toString().trim();

    expect(second()).toMatch(
      /^locked: Another Claworc process is using this data folder \(it holds .*claworc\.lock\)\.$/,
    );
    store.close();
    expect(second()).toBe('opened');
    // The killed one left nothing behind that would keep others out.
    expect(second()).toBe('opened');
  });
});

describe('a database of another version', () => {
  const newest = readMigrations().length;
  const next = [
    ...readMigrations(),
    { version: newest + 1, sql: 'ALTER TABLE meta ADD COLUMN note TEXT; CREATE TABLE extra (a TEXT) STRICT;' },
  ];

  it('is refused when it is newer, and not touched', () => {
    const folder = tempFolder();
    open(folder, next).close();
    const before = readFileSync(join(folder, 'claworc.db'));

    expect(() => open(folder)).toThrow(
      `written by a newer Claworc (its version is ${newest + 1}, this program knows ${newest})`,
    );

    expect(readFileSync(join(folder, 'claworc.db'))).toEqual(before);
    // The lock was given back.
    open(folder, next).close();
  });

  it('is migrated when it is older, after a copy was put beside it', () => {
    const folder = tempFolder();
    const old = open(folder);
    old.transact((tx) => setMeta(tx, 'a', '1'));
    old.close();

    const store = open(folder, next);

    expect(getMeta(store.reader, 'a')).toBe('1');
    store.close();
    const backup = new Database(join(folder, `claworc.db.v${newest}.bak`), { readonly: true });
    expect(backup.pragma('user_version', { simple: true })).toBe(newest);
    expect(backup.prepare("SELECT value FROM meta WHERE key = 'a'").pluck().get()).toBe('1');
    backup.close();
  });

  it('stays as it was when a migration fails half way', () => {
    const folder = tempFolder();
    open(folder).close();

    expect(() =>
      open(folder, [...next, { version: newest + 2, sql: 'CREATE TABLE good (a TEXT); NONSENSE;' }]),
    ).toThrow();

    const database = new Database(join(folder, 'claworc.db'), { readonly: true });
    expect(database.pragma('user_version', { simple: true })).toBe(newest);
    expect(database.prepare("SELECT count(*) FROM sqlite_schema WHERE name IN ('extra', 'good')").pluck().get()).toBe(
      0,
    );
    database.close();
  });
});

describe('what is no database of ours', () => {
  it('is refused: a database of another program', () => {
    const folder = tempFolder();
    const foreign = new Database(join(folder, 'claworc.db'));
    foreign.exec('CREATE TABLE theirs (a)');
    foreign.close();

    expect(() => open(folder)).toThrow(/is a database of another program/);
  });

  it('is refused: a file that is not a database', () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'claworc.db'), 'not a database, but long enough to be looked at as one'.repeat(100));

    expect(() => open(folder)).toThrow(/damaged, or not a database/);
  });

  it('is refused: a folder that can not be made', () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'data'), 'a file is in the way');

    expect(() => open(join(folder, 'data'))).toThrow(/The data folder .*data can't be made or written/);
    expect(existsSync(join(folder, 'data', 'claworc.db'))).toBe(false);
  });
});
