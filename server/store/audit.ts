import Type from 'typebox';
import type { Reader, Transactor } from './connection.ts';
import { getMeta, setMeta } from './meta.ts';
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

const Dropped = Type.Object({ at: text, action: text });

/** The action of rows that commits tell, too. */
export const EDIT_ACTION = 'edit';

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

/** What is kept: rows no older than the newest by so many days, and no more than so many. */
export interface AuditLimits {
  readonly days: number;
  readonly rows: number;
}
export const AUDIT_LIMITS: AuditLimits = { days: 400, rows: 100_000 };

/** Rows that one new row lets go of at most: a trail that grew without a limit is cut in small steps. */
const AT_ONCE = 20;
const DAY_MS = 86_400_000;

const DROPPED = 'audit_dropped';

/** When the newest decision was made that is no longer kept; undefined where all are. */
export function droppedDecision(read: Reader): string | undefined {
  return getMeta(read, DROPPED);
}

/** Adds a row, and lets go of the oldest ones beyond the limits. */
export function addAudit(tx: Transactor, row: Omit<AuditRow, 'id'>, limits: AuditLimits = AUDIT_LIMITS): void {
  const { id } = tx.run(
    'INSERT INTO audit (at, actor, action, subject, edit_id, detail) VALUES (?, ?, ?, ?, ?, ?)',
    row.at,
    row.actor,
    row.action,
    row.subject,
    row.editId,
    row.detail,
  );
  const dropped = tx.all(
    Dropped,
    `DELETE FROM audit WHERE id IN (SELECT id FROM audit ORDER BY id LIMIT ?) AND (id <= ? OR at < ?) RETURNING at, action`,
    AT_ONCE,
    id - limits.rows,
    new Date(Date.parse(row.at) - limits.days * DAY_MS).toISOString(),
  );
  const decisions = dropped.filter(({ action }) => action !== EDIT_ACTION).map(({ at }) => at);
  const last = [getMeta(tx, DROPPED) ?? '', ...decisions].sort().at(-1);
  if (decisions.length > 0) setMeta(tx, DROPPED, last);
}
