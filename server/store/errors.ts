import Database from 'better-sqlite3';
import { ClaworcError, messageOf } from '../lib/errors.ts';

const DAMAGED = /^SQLITE_(CORRUPT|NOTADB)/;

const SAYS: readonly (readonly [RegExp, string])[] = [
  [/^SQLITE_CANTOPEN/, 'the database file can not be opened; is the data folder writable?'],
  [DAMAGED, 'the file is damaged, or not a database; `claworc import` rebuilds it from git'],
  [/^SQLITE_BUSY/, 'another program holds the database'],
  [/^SQLITE_IOERR/, 'the disk reported an error'],
];

/** What the place of the database does not let be done, where nothing is wrong with the database. */
const PLACE: readonly (readonly [RegExp, 'disk_full' | 'read_only', string])[] = [
  [/^SQLITE_FULL/, 'disk_full', 'The disk of the data folder is full. Make room on it'],
  [/^SQLITE_READONLY/, 'read_only', 'The data folder can only be read. Let it be written'],
];

/** SQLite's failure as a ClaworcError; anything else as it is. The only place that looks at SQLite codes. */
export function storeError(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const place = PLACE.find(([pattern]) => pattern.test(error.code));
  if (place !== undefined) {
    const [, code, words] = place;
    const message = `${words}, then do this again: nothing of it was saved (${error.code}).`;
    return new ClaworcError(code, message, { retryable: true, cause: error });
  }
  const says = SAYS.find(([pattern]) => pattern.test(error.code))?.[1] ?? messageOf(error);
  return new ClaworcError('database', `${file}: ${says} (${error.code})`, {
    subject: file,
    retryable: /^SQLITE_(BUSY|IOERR)/.test(error.code),
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

/** Whether a write failed for what the database lies on, and would have failed whatever was written. */
export function isDiskTrouble(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(FULL|READONLY|IOERR|CANTOPEN|CORRUPT)/.test(error.code);
}
