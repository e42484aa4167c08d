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

/** Newest first. */
export function listAudit(read: Reader, limit: number): AuditRow[] {
  return read
    .all(Row, 'SELECT id, at, actor, action, subject, edit_id, detail FROM audit ORDER BY id DESC LIMIT ?', limit)
    .map(({ edit_id, ...row }) => ({ ...row, editId: edit_id }));
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
