import { scopeOfUnit } from '../../constructs/repo/paths.ts';
import Type, { type Static, type TSchema } from 'typebox';
import { BotInstanceSchema, DataFateSchema, FleetSchema } from '../../constructs/schema/index.ts';
import { ClaworcError } from '../lib/errors.ts';
import type { Reader, Transactor } from './connection.ts';
import { unitOf, type DocumentChange } from './edit.ts';
import { nullableBytes, nullableText, parseJson, text } from './rows.ts';

const Row = Type.Object({
  kind: Type.Union([Type.Literal('BotInstance'), Type.Literal('Fleet'), Type.Literal('SealedKey')]),
  unit: text,
  base: nullableText,
  next: nullableText,
  data: Type.Union([DataFateSchema, Type.Null()]),
  key_name: nullableText,
  key_file: nullableText,
  fingerprint: nullableBytes,
  hint: nullableText,
  key_base: nullableText,
  text: nullableText,
});

/** The changes of an edit, in their order. */
export function readChanges(read: Reader, editId: string): DocumentChange[] {
  return read
    .all(
      Row,
      `SELECT kind, unit, base, next, data, key_name, key_file, fingerprint, hint, key_base, text
       FROM outbox_changes WHERE edit_id = ? ORDER BY ordinal`,
      editId,
    )
    .map(changeOf);
}

function changeOf(row: Static<typeof Row>): DocumentChange {
  switch (row.kind) {
    case 'BotInstance':
      return {
        kind: row.kind,
        name: row.unit,
        base: document(BotInstanceSchema, row.base),
        next: document(BotInstanceSchema, row.next),
        ...(row.data === null ? {} : { data: row.data }),
        ...(row.text === null ? {} : { text: row.text }),
      };
    case 'Fleet': {
      const next = document(FleetSchema, row.next);
      if (next === null) throw new ClaworcError('database', 'An edit of claworc.yaml without a document.');
      return {
        kind: row.kind,
        base: document(FleetSchema, row.base),
        next,
        ...(row.text === null ? {} : { text: row.text }),
      };
    }
    case 'SealedKey':
      return {
        kind: row.kind,
        scope: scopeOfUnit(row.unit),
        key: row.key_name ?? '',
        ...(row.key_base === null ? {} : { base: row.key_base === '' ? null : row.key_base }),
        next:
          row.key_file === null
            ? null
            : { file: row.key_file, fingerprint: row.fingerprint ?? new Uint8Array(), hint: row.hint ?? '' },
      };
  }
}

function document<S extends TSchema>(schema: S, json: string | null): Static<S> | null {
  return json === null ? null : parseJson(schema, json, 'outbox_changes');
}

export function addChange(tx: Transactor, editId: string, ordinal: number, change: DocumentChange): void {
  const key = change.kind === 'SealedKey' ? change : undefined;
  const record = change.kind === 'SealedKey' ? undefined : change;
  tx.run(
    `INSERT INTO outbox_changes (edit_id, ordinal, kind, unit, base, next, data, key_name, key_file, fingerprint, hint,
       key_base, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    editId,
    ordinal,
    change.kind,
    unitOf(change),
    record?.base ? JSON.stringify(record.base) : null,
    record?.next ? JSON.stringify(record.next) : null,
    change.kind === 'BotInstance' ? (change.data ?? null) : null,
    key?.key ?? null,
    key?.next?.file ?? null,
    key?.next?.fingerprint ?? null,
    key?.next?.hint ?? null,
    key?.base === undefined ? null : (key.base ?? ''),
    record?.text ?? null,
  );
}
