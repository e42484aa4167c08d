import Type from 'typebox';
import { FleetSchema, type Fleet } from '../../constructs/schema/index.ts';
import type { Reader, Transactor } from './connection.ts';
import { parseJson, text } from './rows.ts';

const Row = Type.Object({ record: text, commit_id: text });

/** claworc.yaml on main, and the commit that brought it. */
export interface FleetRow {
  readonly record: Fleet;
  readonly commit: string;
}

export function getFleet(read: Reader): FleetRow | undefined {
  const row = read.get(Row, 'SELECT record, commit_id FROM fleet');
  return row && { record: parseJson(FleetSchema, row.record, 'fleet.record'), commit: row.commit_id };
}

export function putFleet(tx: Transactor, { record, commit }: FleetRow): void {
  tx.run(
    `INSERT INTO fleet (id, record, commit_id) VALUES (1, ?, ?)
     ON CONFLICT (id) DO UPDATE SET record = excluded.record, commit_id = excluded.commit_id`,
    JSON.stringify(record),
    commit,
  );
}
