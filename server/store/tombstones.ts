import Type, { type Static } from 'typebox';
import { DataFateSchema, type DataFate } from '../../constructs/schema/index.ts';
import type { Reader, Transactor } from './connection.ts';
import { text } from './rows.ts';

const Row = Type.Object({ name: text, data: DataFateSchema, removed_at: text, removed_by: text, commit_id: text });

/** A bot that was removed, as main says. */
export interface TombstoneRow {
  readonly name: string;
  readonly data: DataFate;
  readonly removedAt: string;
  readonly removedBy: string;
  readonly commit: string;
}

const SELECT = 'SELECT name, data, removed_at, removed_by, commit_id FROM tombstones';

function tombstoneOf({ name, data, removed_at, removed_by, commit_id }: Static<typeof Row>): TombstoneRow {
  return { name, data, removedAt: removed_at, removedBy: removed_by, commit: commit_id };
}

/** By name. */
export function listTombstones(read: Reader): TombstoneRow[] {
  return read.all(Row, `${SELECT} ORDER BY name`).map(tombstoneOf);
}

export function getTombstone(read: Reader, name: string): TombstoneRow | undefined {
  const row = read.get(Row, `${SELECT} WHERE name = ?`, name);
  return row && tombstoneOf(row);
}

export function putTombstone(tx: Transactor, row: TombstoneRow): void {
  tx.run(
    `INSERT INTO tombstones (name, data, removed_at, removed_by, commit_id) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET data = excluded.data, removed_at = excluded.removed_at,
       removed_by = excluded.removed_by, commit_id = excluded.commit_id`,
    row.name,
    row.data,
    row.removedAt,
    row.removedBy,
    row.commit,
  );
}

export function removeTombstone(tx: Transactor, name: string): void {
  tx.run('DELETE FROM tombstones WHERE name = ?', name);
}
