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

/** By unit. */
export function listUnrendered(read: Reader): UnrenderedRow[] {
  return read
    .all(Row, 'SELECT unit, cause, commit_id FROM unrendered ORDER BY unit')
    .map(({ unit, cause, commit_id }) => ({ unit, cause, commit: commit_id }));
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
