import Type from 'typebox';
import type { Reader, Transactor } from './connection.ts';
import { text } from './rows.ts';

const Row = Type.Object({ value: text });

/** A single fact by its key, or undefined. */
export function getMeta(read: Reader, key: string): string | undefined {
  return read.get(Row, 'SELECT value FROM meta WHERE key = ?', key)?.value;
}

/** Sets a fact; undefined forgets it. */
export function setMeta(tx: Transactor, key: string, value: string | undefined): void {
  if (value === undefined) tx.run('DELETE FROM meta WHERE key = ?', key);
  else
    tx.run(
      'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      key,
      value,
    );
}

/** The commit of main that this database was last brought up to; undefined before the first one. */
export const IMPORTED_COMMIT = 'imported_commit';
