import Type, { type Static } from 'typebox';
import { BotInstanceSchema, type BotInstance } from '../../constructs/schema/index.ts';
import { ClaworcError } from '../lib/errors.ts';
import type { Reader, Transactor } from './connection.ts';
import { isNotUnique } from './errors.ts';
import { integer, nullableText, parseJson, text } from './rows.ts';

const Row = Type.Object({
  id: integer,
  name: text,
  record: nullableText,
  commit_id: nullableText,
  rendered_commit_id: nullableText,
  created_at: text,
  updated_at: text,
});

const NameRow = Type.Object({ name: text });

const CountRow = Type.Object({ count: integer });

const UntoldRow = Type.Object({ name: text, commit_id: text });

const COLUMNS = 'id, name, record, commit_id, rendered_commit_id, created_at, updated_at';

/** A bot: as main has it, or only as a draft so far. */
export interface InstanceRow {
  readonly id: number;
  readonly name: string;
  /** The record on main (the last readable one) and the commit that brought it; null while only a draft. */
  readonly record: BotInstance | null;
  readonly commit: string | null;
  /** The commit that last changed the record or its rendered files: a default or a key of the fleet changes these alone. */
  readonly renderedCommit: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

function instanceOf(row: Static<typeof Row>): InstanceRow {
  return {
    id: row.id,
    name: row.name,
    record: row.record === null ? null : parseJson(BotInstanceSchema, row.record, 'instances.record'),
    commit: row.commit_id,
    renderedCommit: row.rendered_commit_id ?? row.commit_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** Bots, oldest first: all, or a page of those whose number is above `after`. */
export function listInstances(read: Reader, { after = 0, limit = -1 }: InstancePage = {}): InstanceRow[] {
  const sql = `SELECT ${COLUMNS} FROM instances WHERE id > ? ORDER BY id LIMIT ?`;
  return read.all(Row, sql, after, limit).map(instanceOf);
}

export interface InstancePage {
  readonly after?: number;
  /** @default no limit */
  readonly limit?: number;
}

/** Names of the bots that main has, or had without a tombstone saying that they left. */
export function listPublishedNames(read: Reader): string[] {
  const sql = 'SELECT name FROM instances WHERE record IS NOT NULL ORDER BY id';
  return read.all(NameRow, sql).map(({ name }) => name);
}

/** How many names `listPublishedNames` gives. */
export function countPublished(read: Reader): number {
  const row = read.get(CountRow, 'SELECT COUNT(*) AS count FROM instances WHERE record IS NOT NULL');
  return row?.count ?? 0;
}

/** By number or by name. */
export function getInstance(read: Reader, key: number | string): InstanceRow | undefined {
  const column = typeof key === 'number' ? 'id' : 'name';
  const row = read.get(Row, `SELECT ${COLUMNS} FROM instances WHERE ${column} = ?`, key);
  return row && instanceOf(row);
}

/** Adds a bot that is only a draft so far and gives its number. Throws `name_taken`. */
export function insertDraftInstance(tx: Transactor, name: string, at: string): number {
  try {
    return tx.run('INSERT INTO instances (name, created_at, updated_at) VALUES (?, ?, ?)', name, at, at).id;
  } catch (error) {
    if (!isNotUnique(error)) throw error;
    throw new ClaworcError('name_taken', `There is a bot named ${name} already.`, { subject: name, field: 'name' });
  }
}

export interface PublishedInstance {
  readonly name: string;
  readonly record: BotInstance;
  readonly commit: string;
  /** Used for a bot that was not here before. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Writes what main says about a bot; its number stays. */
export function putInstance(tx: Transactor, { name, record, commit, createdAt, updatedAt }: PublishedInstance): void {
  const json = JSON.stringify(record);
  const update = 'UPDATE instances SET record = ?, commit_id = ?, updated_at = ? WHERE name = ?';
  // Not an upsert: that would use up a number each time.
  if (tx.run(update, json, commit, updatedAt, name).changes > 0) return;
  tx.run(
    'INSERT INTO instances (name, record, commit_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?)',
    name,
    json,
    commit,
    createdAt,
    updatedAt,
  );
}

/** Notes the commit that last changed a bot's record or rendered files; nothing for a bot that is not on main. */
export function putRenderedCommit(tx: Transactor, name: string, commit: string): void {
  tx.run('UPDATE instances SET rendered_commit_id = ? WHERE name = ? AND record IS NOT NULL', commit, name);
}

/** Bots on main for which no rendered commit was noted yet, with the commit that brought their record. */
export function listWithoutRenderedCommit(read: Reader): { readonly name: string; readonly commit: string }[] {
  const sql = 'SELECT name, commit_id FROM instances WHERE record IS NOT NULL AND rendered_commit_id IS NULL';
  return read.all(UntoldRow, sql).map(({ name, commit_id }) => ({ name, commit: commit_id }));
}

/** Forgets a bot that main has a tombstone for, or whose draft was given up. Its revisions stay. */
export function removeInstance(tx: Transactor, name: string): void {
  tx.run('DELETE FROM instances WHERE name = ?', name);
}
