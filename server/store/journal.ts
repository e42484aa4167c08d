import Type from 'typebox';
import type { Reader, Transactor } from './connection.ts';
import { integer, nullableText, text } from './rows.ts';

const Row = Type.Object({ id: integer, at: text, unit: text, commit_id: nullableText, event: text, detail: text });

/** What happened to a unit after its commit. */
export interface JournalRow {
  readonly id: number;
  readonly at: string;
  readonly unit: string;
  readonly commit: string | null;
  /** `applied`, `healthy`, `failed`, `pruned` ... */
  readonly event: string;
  readonly detail: string;
}

/** Newest first; of one unit if it is given. */
export function listJournal(read: Reader, { unit, limit }: { unit?: string; limit: number }): JournalRow[] {
  const where = unit === undefined ? '' : 'WHERE unit = ?';
  const sql = `SELECT id, at, unit, commit_id, event, detail FROM journal ${where} ORDER BY id DESC LIMIT ?`;
  const values = unit === undefined ? [limit] : [unit, limit];
  return read.all(Row, sql, ...values).map(({ commit_id, ...row }) => ({ ...row, commit: commit_id }));
}

export function addJournal(tx: Transactor, row: Omit<JournalRow, 'id'>): void {
  tx.run(
    'INSERT INTO journal (at, unit, commit_id, event, detail) VALUES (?, ?, ?, ?, ?)',
    row.at,
    row.unit,
    row.commit,
    row.event,
    row.detail,
  );
}
