import Type, { type Static } from 'typebox';
import { ClaworcError } from '../lib/errors.ts';
import type { Reader, Transactor } from './connection.ts';
import type { Edit, EditConflict, EditRow } from './edit.ts';
import { isNotUnique } from './errors.ts';
import { addChange, readChanges } from './outbox-changes.ts';
import { integer, nullableInteger, nullableText, parseJson, text } from './rows.ts';

const Row = Type.Object({
  id: text,
  made_at: text,
  author_name: text,
  author_email: text,
  message: text,
  state: Type.Union([
    Type.Literal('pending'),
    Type.Literal('published'),
    Type.Literal('conflict'),
    Type.Literal('failed'),
    Type.Literal('discarded'),
  ]),
  commit_id: nullableText,
  detail: text,
  settled_at: nullableText,
  proposal: nullableInteger,
  proposed_id: nullableText,
  choices: nullableText,
});

const Choices = Type.Object({ mine: Type.Optional(Type.Array(text)), theirs: Type.Optional(Type.Array(text)) });

const ConflictRow = Type.Object({
  unit: text,
  field: text,
  base: nullableText,
  theirs: nullableText,
  mine: nullableText,
});

const SELECT = `SELECT id, made_at, author_name, author_email, message, state, commit_id, detail, settled_at, proposal,
  proposed_id, choices FROM outbox`;

function editOf(read: Reader, row: Static<typeof Row>): EditRow {
  return {
    id: row.id,
    at: row.made_at,
    author: { name: row.author_name, email: row.author_email },
    message: row.message,
    changes: readChanges(read, row.id),
    ...(row.proposal === null ? {} : { proposal: row.proposal }),
    ...(row.choices === null ? {} : { choices: parseJson(Choices, row.choices, 'outbox.choices') }),
    state: row.state === 'pending' && row.proposed_id !== null ? 'proposed' : row.state,
    commit: row.commit_id,
    proposedAs: row.proposed_id,
    detail: row.detail,
    conflicts: row.state === 'conflict' ? readConflicts(read, row.id) : [],
    settledAt: row.settled_at,
  };
}

function readConflicts(read: Reader, editId: string): EditConflict[] {
  const sql = 'SELECT unit, field, base, theirs, mine FROM outbox_conflicts WHERE edit_id = ? ORDER BY ordinal';
  const value = (json: string | null): unknown => (json === null ? undefined : JSON.parse(json));
  return read.all(ConflictRow, sql, editId).map(({ unit, field, base, theirs, mine }) => ({
    unit,
    field,
    base: value(base),
    theirs: value(theirs),
    mine: value(mine),
  }));
}

/** Adds an edit as pending. Throws `conflict` if an edit of this id was made before. */
export function addEdit(tx: Transactor, edit: Edit): void {
  try {
    tx.run(
      `INSERT INTO outbox (id, made_at, author_name, author_email, message, proposal, choices, state)
       VALUES (?, ?, ?, ?, ?, ?, ?, 'pending')`,
      edit.id,
      edit.at,
      edit.author.name,
      edit.author.email,
      edit.message,
      edit.proposal ?? null,
      edit.choices === undefined ? null : JSON.stringify(edit.choices),
    );
  } catch (error) {
    if (!isNotUnique(error)) throw error;
    throw new ClaworcError('conflict', `The edit ${edit.id} was made before.`, { subject: edit.id, cause: error });
  }
  edit.changes.forEach((change, ordinal) => addChange(tx, edit.id, ordinal, change));
}

export function getEdit(read: Reader, id: string): EditRow | undefined {
  const row = read.get(Row, `${SELECT} WHERE id = ?`, id);
  return row && editOf(read, row);
}

/** The pending edit that is next in turn for main, passing over some, and over those that are about some units. */
export function firstPendingEdit(
  read: Reader,
  except: readonly string[] = [],
  exceptUnits: readonly string[] = [],
): EditRow | undefined {
  const marks = (values: readonly string[]): string => values.map(() => '?').join(', ');
  const row = read.get(
    Row,
    `${SELECT} WHERE state = 'pending' AND proposal IS NULL AND id NOT IN (${marks(except)})
     AND id NOT IN (SELECT edit_id FROM outbox_changes WHERE unit IN (${marks(exceptUnits)}))
     ORDER BY position LIMIT 1`,
    ...except,
    ...exceptUnits,
  );
  return row && editOf(read, row);
}

/** Drafts: edits that are not on main (pending, proposed, conflict, failed), oldest first; of one unit if it is given. */
export function listOpenEdits(read: Reader, unit?: string): EditRow[] {
  const open = `state IN ('pending', 'conflict', 'failed')`;
  const rows =
    unit === undefined
      ? read.all(Row, `${SELECT} WHERE ${open} ORDER BY position`)
      : read.all(
          Row,
          `${SELECT} WHERE ${open} AND id IN (SELECT edit_id FROM outbox_changes WHERE unit = ?) ORDER BY position`,
          unit,
        );
  return rows.map((row) => editOf(read, row));
}

const StateCountRow = Type.Object({
  state: Type.Union([
    Type.Literal('pending'),
    Type.Literal('proposed'),
    Type.Literal('conflict'),
    Type.Literal('failed'),
  ]),
  count: integer,
});

/** Drafts, counted by state. */
export function countOpenEdits(read: Reader): Readonly<Record<Static<typeof StateCountRow>['state'], number>> {
  const counts = { pending: 0, proposed: 0, conflict: 0, failed: 0 };
  const sql = `SELECT CASE WHEN state = 'pending' AND proposed_id IS NOT NULL THEN 'proposed' ELSE state END AS state,
     COUNT(*) AS count FROM outbox WHERE state IN ('pending', 'conflict', 'failed') GROUP BY 1`;
  for (const { state, count } of read.all(StateCountRow, sql)) counts[state] = count;
  return counts;
}

/** The edit that is to be put on the branch of its proposal next. */
export function firstEditToPropose(read: Reader, except: readonly string[] = []): EditRow | undefined {
  const marks = except.map(() => '?').join(', ');
  const row = read.get(
    Row,
    `${SELECT} WHERE state = 'pending' AND proposal IS NOT NULL AND proposed_id IS NULL AND id NOT IN (${marks})
     ORDER BY position LIMIT 1`,
    ...except,
  );
  return row && editOf(read, row);
}

/** The edits of a proposal, oldest first, in any state. */
export function listEditsOf(read: Reader, proposal: number): EditRow[] {
  return read.all(Row, `${SELECT} WHERE proposal = ? ORDER BY position`, proposal).map((row) => editOf(read, row));
}

/** Says that an edit is on the branch of its proposal; false if it is not pending (any more). */
export function proposeEdit(tx: Transactor, id: string, commit: string): boolean {
  const sql = `UPDATE outbox SET proposed_id = ? WHERE id = ? AND state = 'pending' AND proposal IS NOT NULL`;
  return tx.run(sql, commit, id).changes > 0;
}

/** Ends the edits of a proposal that was closed: kept as drafts that go nowhere by themselves, or given up. */
export function endProposedEdits(
  tx: Transactor,
  proposal: number,
  at: string,
  end: { readonly state: 'failed'; readonly detail: string } | { readonly state: 'discarded' },
): void {
  tx.run(
    `UPDATE outbox SET state = ?, detail = ?, settled_at = ?, proposed_id = NULL
     WHERE proposal = ? AND state IN ('pending', 'conflict', 'failed')`,
    end.state,
    end.state === 'failed' ? end.detail : '',
    at,
    proposal,
  );
}

/** Says that an edit is not on the branch of its proposal any more: it is kept as a draft that goes nowhere by itself. */
export function takeOffBranch(tx: Transactor, id: string, at: string, detail: string): void {
  tx.run(
    `UPDATE outbox SET state = 'failed', detail = ?, settled_at = ?, proposed_id = NULL
     WHERE id = ? AND state = 'pending' AND proposed_id IS NOT NULL`,
    detail,
    at,
    id,
  );
}

/** Lets the kept edits of a proposal go to its branch again. */
export function reviveProposedEdits(tx: Transactor, proposal: number): void {
  tx.run(
    `UPDATE outbox SET state = 'pending', detail = '', settled_at = NULL WHERE proposal = ? AND state = 'failed'`,
    proposal,
  );
}

/** Newest first, in any state. */
export function listEdits(read: Reader, limit: number): EditRow[] {
  return read.all(Row, `${SELECT} ORDER BY position DESC LIMIT ?`, limit).map((row) => editOf(read, row));
}

export type Settlement =
  | { readonly state: 'published'; readonly commit: string }
  | { readonly state: 'conflict'; readonly conflicts: readonly EditConflict[] }
  | { readonly state: 'failed'; readonly detail: string }
  | { readonly state: 'discarded' };

/** Says how an edit ended that can't be published; false if it was not pending any more. */
export function settleEdit(
  tx: Transactor,
  id: string,
  at: string,
  settlement: Exclude<Settlement, { state: 'published' | 'discarded' }>,
): boolean {
  return endEdit(tx, id, at, settlement, ['pending']);
}

/** Says that an edit is on main, whatever was thought of it before; false for an unknown or published one. */
export function publishEdit(tx: Transactor, id: string, at: string, commit: string): boolean {
  return endEdit(tx, id, at, { state: 'published', commit }, ['pending', 'conflict', 'failed', 'discarded']);
}

/** Gives a draft up; false if the edit is published, or given up already. */
export function discardEdit(tx: Transactor, id: string, at: string): boolean {
  return endEdit(tx, id, at, { state: 'discarded' }, ['pending', 'conflict', 'failed']);
}

function endEdit(tx: Transactor, id: string, at: string, settlement: Settlement, from: readonly string[]): boolean {
  const { changes } = tx.run(
    `UPDATE outbox SET state = ?, commit_id = ?, detail = ?, settled_at = ?
     WHERE id = ? AND state IN (${from.map(() => '?').join(', ')})`,
    settlement.state,
    settlement.state === 'published' ? settlement.commit : null,
    settlement.state === 'failed' ? settlement.detail : '',
    at,
    id,
    ...from,
  );
  if (changes === 0) return false;
  if (settlement.state === 'conflict') addConflicts(tx, id, settlement.conflicts);
  return true;
}

function addConflicts(tx: Transactor, editId: string, conflicts: readonly EditConflict[]): void {
  const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));
  conflicts.forEach(({ unit, field, base, theirs, mine }, ordinal) =>
    tx.run(
      'INSERT INTO outbox_conflicts (edit_id, ordinal, unit, field, base, theirs, mine) VALUES (?, ?, ?, ?, ?, ?, ?)',
      editId,
      ordinal,
      unit,
      field,
      json(base),
      json(theirs),
      json(mine),
    ),
  );
}
