import Database from 'better-sqlite3';
import type { Static, TSchema } from 'typebox';
import { storeError } from './errors.ts';
import { checkRow } from './rows.ts';

export type SqlValue = string | number | null | Uint8Array;

/** Reads. The functions of this room that take a `Reader` can't write: its connection is read-only. */
export interface Reader {
  /** Every row of a query, checked against `schema`. */
  all<S extends TSchema>(schema: S, sql: string, ...values: readonly SqlValue[]): Static<S>[];
  /** The first row, or undefined. */
  get<S extends TSchema>(schema: S, sql: string, ...values: readonly SqlValue[]): Static<S> | undefined;
}

/** Reads and writes inside one transaction; only `Store.transact` gives one. */
export interface Transactor extends Reader {
  run(sql: string, ...values: readonly SqlValue[]): { readonly changes: number; readonly id: number };
}

export function openConnection(file: string, readonly: boolean): Database.Database {
  try {
    const database = new Database(file, { readonly, timeout: 5_000 });
    if (!readonly) database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    database.pragma('trusted_schema = OFF');
    database.pragma('cell_size_check = ON');
    return database;
  } catch (error) {
    throw storeError(error, file);
  }
}

/** The methods of a `Transactor` on a connection; each statement is prepared once. */
export function transactorOn(database: Database.Database): Transactor {
  const statements = new Map<string, Database.Statement<SqlValue[]>>();
  const prepare = (sql: string): Database.Statement<SqlValue[]> => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare<SqlValue[]>(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    all: (schema, sql, ...values) =>
      prepare(sql)
        .all(...values)
        .map((row) => checkRow(schema, row, sql)),
    get: (schema, sql, ...values) => {
      const row = prepare(sql).get(...values);
      return row === undefined ? undefined : checkRow(schema, row, sql);
    },
    run: (sql, ...values) => {
      const { changes, lastInsertRowid } = prepare(sql).run(...values);
      return { changes, id: Number(lastInsertRowid) };
    },
  };
}
