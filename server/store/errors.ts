import Database from 'better-sqlite3';
import { ClaworcError, messageOf } from '../lib/errors.ts';

const DAMAGED = /^SQLITE_(CORRUPT|NOTADB)/;

const SAYS: readonly (readonly [RegExp, string])[] = [
  [/^SQLITE_FULL/, 'the disk is full'],
  [/^SQLITE_READONLY/, 'the database file can not be written'],
  [/^SQLITE_CANTOPEN/, 'the database file can not be opened; is the data folder writable?'],
  [DAMAGED, 'the file is damaged, or not a database; `claworc import` rebuilds it from git'],
  [/^SQLITE_BUSY/, 'another program holds the database'],
  [/^SQLITE_IOERR/, 'the disk reported an error'],
];

/** SQLite's failure as a ClaworcError; anything else as it is. The only place that looks at SQLite codes. */
export function storeError(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const says = SAYS.find(([pattern]) => pattern.test(error.code))?.[1] ?? messageOf(error);
  return new ClaworcError('database', `${file}: ${says} (${error.code})`, {
    subject: file,
    retryable: /^SQLITE_(FULL|BUSY|IOERR)/.test(error.code),
    cause: error,
    body: DAMAGED.test(error.code) ? { damaged: true } : {},
  });
}

export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

export function isNotUnique(error: unknown): boolean {
  return (
    error instanceof Database.SqliteError &&
    (error.code === 'SQLITE_CONSTRAINT_UNIQUE' || error.code === 'SQLITE_CONSTRAINT_PRIMARYKEY')
  );
}
