import Type, { type Static } from 'typebox';
import type { KeyScope } from '../../constructs/schema/index.ts';
import type { Reader, Transactor } from './connection.ts';
import { nullableBytes, text } from './rows.ts';

const Row = Type.Object({
  scope: text,
  name: text,
  file: text,
  fingerprint: nullableBytes,
  hint: text,
  commit_id: text,
  updated_at: text,
});

const NameRow = Type.Object({ name: text });

const COLUMNS = 'scope, name, file, fingerprint, hint, commit_id, updated_at';

/** An API key on main. `file` is ciphertext; nothing here opens it. */
export interface SealedKeyRow {
  readonly scope: KeyScope;
  readonly name: string;
  readonly file: string;
  /** Null for a key that this server did not seal: setting the same value again then makes a commit. */
  readonly fingerprint: Uint8Array | null;
  /** Last four characters, or empty. */
  readonly hint: string;
  readonly commit: string;
  readonly updatedAt: string;
}

function keyOf({ commit_id, updated_at, ...row }: Static<typeof Row>): SealedKeyRow {
  return { ...row, commit: commit_id, updatedAt: updated_at };
}

/** Sorted by scope and name; of one scope if it is given. */
export function listSealedKeys(read: Reader, scope?: KeyScope): SealedKeyRow[] {
  const where = scope === undefined ? '' : 'WHERE scope = ?';
  const values = scope === undefined ? [] : [scope];
  return read.all(Row, `SELECT ${COLUMNS} FROM sealed_keys ${where} ORDER BY scope, name`, ...values).map(keyOf);
}

/** Names of the keys of a scope, sorted. */
export function listKeyNames(read: Reader, scope: KeyScope): string[] {
  const sql = 'SELECT name FROM sealed_keys WHERE scope = ? ORDER BY name';
  return read.all(NameRow, sql, scope).map(({ name }) => name);
}

export function getSealedKey(read: Reader, scope: KeyScope, name: string): SealedKeyRow | undefined {
  const row = read.get(Row, `SELECT ${COLUMNS} FROM sealed_keys WHERE scope = ? AND name = ?`, scope, name);
  return row && keyOf(row);
}

export function putSealedKey(tx: Transactor, key: SealedKeyRow): void {
  tx.run(
    `INSERT INTO sealed_keys (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (scope, name) DO UPDATE SET
       file = excluded.file, fingerprint = excluded.fingerprint, hint = excluded.hint,
       commit_id = excluded.commit_id, updated_at = excluded.updated_at`,
    key.scope,
    key.name,
    key.file,
    key.fingerprint,
    key.hint,
    key.commit,
    key.updatedAt,
  );
}

export function removeSealedKey(tx: Transactor, scope: KeyScope, name: string): void {
  tx.run('DELETE FROM sealed_keys WHERE scope = ? AND name = ?', scope, name);
}
