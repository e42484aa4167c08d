import Type from 'typebox';
import type { Reader, Transactor } from './connection.ts';
import { integer, nullableText, text } from './rows.ts';

const EventSchema = Type.Union([
  // The cluster was brought to it.
  Type.Literal('applied'),
  // The API server refused it, or it was held.
  Type.Literal('failed'),
  Type.Literal('healthy'),
  Type.Literal('stopped'),
  // Applied, and its pod did not come up.
  Type.Literal('unwell'),
  // Nothing of it is left that was to go.
  Type.Literal('gone'),
]);
export type JournalEvent = Type.Static<typeof EventSchema>;

const Row = Type.Object({
  id: integer,
  at: text,
  unit: text,
  commit_id: nullableText,
  event: EventSchema,
  detail: text,
});

/** What happened to a unit after its commit. */
export interface JournalRow {
  readonly id: number;
  /** UTC, ISO 8601. */
  readonly at: string;
  readonly unit: string;
  /** What main was when it happened: a commit of the unit, or a later one. */
  readonly commit: string | null;
  readonly event: JournalEvent;
  /** Why it failed or what ails it, or what is left of what has gone. */
  readonly detail: string;
}

/** Newest rows of a unit that are kept; of one that changes every day those of a season. */
export const KEPT_ROWS = 200;

const SELECT = 'SELECT id, at, unit, commit_id, event, detail FROM journal';

function rowOf({ commit_id, ...row }: Type.Static<typeof Row>): JournalRow {
  return { ...row, commit: commit_id };
}

/** Of one unit, newest first. */
export function listJournal(read: Reader, unit: string, limit: number = KEPT_ROWS): JournalRow[] {
  return read.all(Row, `${SELECT} WHERE unit = ? ORDER BY id DESC LIMIT ?`, unit, limit).map(rowOf);
}

/** What happened while main was one of these commits, oldest first. */
export function listJournalOf(read: Reader, commits: readonly string[]): JournalRow[] {
  const among = 'commit_id IN (SELECT value FROM json_each(?))';
  return read.all(Row, `${SELECT} WHERE ${among} ORDER BY id`, JSON.stringify(commits)).map(rowOf);
}

/** Adds a row, and forgets what is older than the newest `KEPT_ROWS` of its unit. */
export function addJournal(tx: Transactor, row: Omit<JournalRow, 'id'>): void {
  tx.run(
    'INSERT INTO journal (at, unit, commit_id, event, detail) VALUES (?, ?, ?, ?, ?)',
    row.at,
    row.unit,
    row.commit,
    row.event,
    row.detail,
  );
  tx.run(
    'DELETE FROM journal WHERE unit = ? AND id <= (SELECT id FROM journal WHERE unit = ? ORDER BY id DESC LIMIT 1 OFFSET ?)',
    row.unit,
    row.unit,
    KEPT_ROWS,
  );
}
