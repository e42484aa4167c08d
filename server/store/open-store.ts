import { chmodSync, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { ClaworcError, messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { openConnection, transactorOn, type Reader, type Transactor } from './connection.ts';
import { makeDataFolder } from './data-folder.ts';
import { isDiskTrouble, storeError } from './errors.ts';
import { migrate, readMigrations, type Migration } from './migrate.ts';
import { takeProcessLock } from './process-lock.ts';

/** The database of one data folder. Everything is synchronous; a transaction is on disk when `transact` returns. */
export interface Store extends Disposable {
  readonly file: string;
  /** Sees what is committed. */
  readonly reader: Reader;
  /**
   * Runs `work` as one transaction and gives what it gives; a throw undoes all of it. Not nested, never across an
   * `await`: `work` is synchronous.
   */
  transact<T>(work: (tx: Transactor) => T): T;
  /** Rises with every transaction: what was read under the same number is still so. */
  changes(): number;
  /** Why the last transaction could not be written, as on a full disk; null where it was. */
  trouble(): string | null;
  close(): void;
}

export interface OpenStoreOptions {
  readonly file: string;
  /** Held for the life of the store, so that a second process on the same data stops at once. */
  readonly lockFile: string;
  readonly log: Log;
  readonly migrations?: readonly Migration[];
}

/**
 * Opens the database, making its folder and itself where they are missing, and migrating an older one.
 * Throws `usage` (a file in place of the folder), `locked` (a second process) and `database` (newer, damaged, foreign or
 * unwritable), each one clear line.
 */
export function openStore({ file, lockFile, log, migrations = readMigrations() }: OpenStoreOptions): Store {
  makeDataFolder(dirname(file));
  const lock = takeProcessLock(lockFile);
  const opened: { close(): void }[] = [];
  const close = (): void => {
    for (const each of opened.reverse()) each.close();
    lock.release();
  };
  try {
    const isNew = !existsSync(file);
    const writer = openConnection(file, false);
    opened.push(writer);
    if (isNew) chmodSync(file, 0o600);
    if (writer.pragma('quick_check(1)', { simple: true }) !== 'ok') {
      throw new ClaworcError('database', `${file} is damaged; \`claworc import\` rebuilds it from git.`, {
        subject: file,
        body: { damaged: true },
      });
    }
    const outcome = migrate(writer, file, migrations);
    if (outcome.action === 'migrated') {
      log.info('Database migrated', { file, from: outcome.from, backup: outcome.backup });
    }
    const reading = openConnection(file, true);
    opened.push(reading);
    const transactor = transactorOn(writer);
    let changes = 0;
    let trouble: string | null = null;
    return {
      file,
      reader: transactorOn(reading),
      transact: (work) => {
        try {
          const done = writer.transaction(() => work(transactor)).immediate();
          trouble = null;
          return done;
        } catch (cause) {
          const error = storeError(cause, file);
          if (isDiskTrouble(cause)) trouble = messageOf(error).replace(`${file}: `, '');
          throw error;
        } finally {
          changes += 1;
        }
      },
      changes: () => changes,
      trouble: () => trouble,
      close,
      [Symbol.dispose]: close,
    };
  } catch (error) {
    close();
    throw storeError(error, file);
  }
}
