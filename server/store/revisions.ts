import Type from 'typebox';
import type { Reader, Transactor } from './connection.ts';
import { integer, nullableText, text } from './rows.ts';

const Row = Type.Object({
  id: integer,
  unit: text,
  record: nullableText,
  saved_at: text,
  saved_by: text,
  edit_id: nullableText,
  commit_id: nullableText,
});

/** A saved version of a record: made here by an edit, or elsewhere by a commit. */
export interface RevisionRow {
  readonly id: number;
  readonly unit: string;
  /** JSON of the record as it was saved; null: removed. */
  readonly record: string | null;
  readonly savedAt: string;
  readonly savedBy: string;
  readonly origin: { readonly editId: string } | { readonly commit: string };
}

/** Newest first. */
export function listRevisions(read: Reader, unit: string, limit: number): RevisionRow[] {
  return read
    .all(Row, 'SELECT * FROM revisions WHERE unit = ? ORDER BY id DESC LIMIT ?', unit, limit)
    .map(({ id, unit: of, record, saved_at, saved_by, edit_id, commit_id }) => ({
      id,
      unit: of,
      record,
      savedAt: saved_at,
      savedBy: saved_by,
      origin: edit_id === null ? { commit: commit_id ?? '' } : { editId: edit_id },
    }));
}

export interface NewRevision {
  readonly unit: string;
  readonly record: object | null;
  readonly savedAt: string;
  readonly savedBy: string;
  readonly origin: RevisionRow['origin'];
}

export function addRevision(tx: Transactor, { unit, record, savedAt, savedBy, origin }: NewRevision): void {
  tx.run(
    'INSERT INTO revisions (unit, record, saved_at, saved_by, edit_id, commit_id) VALUES (?, ?, ?, ?, ?, ?)',
    unit,
    record === null ? null : JSON.stringify(record),
    savedAt,
    savedBy,
    'editId' in origin ? origin.editId : null,
    'commit' in origin ? origin.commit : null,
  );
}
