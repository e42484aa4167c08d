import Type from 'typebox';
import type { Reader, Transactor } from './connection.ts';
import { integer, nullableText, text } from './rows.ts';

const Row = Type.Object({
  id: integer,
  at: text,
  actor: text,
  action: text,
  subject: text,
  edit_id: nullableText,
  detail: text,
});

/** Who asked for what. Never holds a value of a key. */
export interface AuditRow {
  readonly id: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly editId: string | null;
  readonly detail: string;
}

export interface AuditPage {
  /** Only rows with a smaller number. */
  readonly before: number;
  readonly limit: number;
  /** An action that is left out. */
  readonly except: string;
}

/** Newest first. */
export function listAudit(read: Reader, { before, limit, except }: AuditPage): AuditRow[] {
  const columns = 'id, at, actor, action, subject, edit_id, detail';
  const sql = `SELECT ${columns} FROM audit WHERE id < ? AND action <> ? ORDER BY id DESC LIMIT ?`;
  return read.all(Row, sql, before, except, limit).map(({ edit_id, ...row }) => ({ ...row, editId: edit_id }));
}

export function addAudit(tx: Transactor, row: Omit<AuditRow, 'id'>): void {
  tx.run(
    'INSERT INTO audit (at, actor, action, subject, edit_id, detail) VALUES (?, ?, ?, ?, ?, ?)',
    row.at,
    row.actor,
    row.action,
    row.subject,
    row.editId,
    row.detail,
  );
}
