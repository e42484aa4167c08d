import Type, { type Static } from 'typebox';
import type { Reader, Transactor } from './connection.ts';
import { text } from './rows.ts';

const CauseSchema = Type.Union([Type.Literal('inputs'), Type.Literal('hand')]);
const Row = Type.Object({ unit: text, cause: CauseSchema, commit_id: text });

/** A unit whose dist/ on main is not what its record renders to. */
export interface UnrenderedRow {
  readonly unit: string;
  /** `inputs`: its rendering is still to be published. `hand`: dist/ itself was edited; a person decides. */
  readonly cause: Static<typeof CauseSchema>;
  readonly commit: string;
}

function unrenderedOf({ unit, cause, commit_id }: Static<typeof Row>): UnrenderedRow {
  return { unit, cause, commit: commit_id };
}

/** By unit; of one cause if it is given. */
export function listUnrendered(read: Reader, cause?: UnrenderedRow['cause']): UnrenderedRow[] {
  const where = cause === undefined ? '' : 'WHERE cause = ?';
  const sql = `SELECT unit, cause, commit_id FROM unrendered ${where} ORDER BY unit`;
  return read.all(Row, sql, ...(cause === undefined ? [] : [cause])).map(unrenderedOf);
}

export function getUnrendered(read: Reader, unit: string): UnrenderedRow | undefined {
  const row = read.get(Row, 'SELECT unit, cause, commit_id FROM unrendered WHERE unit = ?', unit);
  return row && unrenderedOf(row);
}

export function putUnrendered(tx: Transactor, { unit, cause, commit }: UnrenderedRow): void {
  tx.run(
    `INSERT INTO unrendered (unit, cause, commit_id) VALUES (?, ?, ?)
     ON CONFLICT (unit) DO UPDATE SET cause = excluded.cause, commit_id = excluded.commit_id`,
    unit,
    cause,
    commit,
  );
}

export function removeUnrendered(tx: Transactor, unit: string): void {
  tx.run('DELETE FROM unrendered WHERE unit = ?', unit);
}
