import { FLEET_UNIT, unitOfScope } from '../../../constructs/repo/paths.ts';
import { mergeDocuments } from '../../../constructs/merge.ts';
import type { BotInstance, Fleet, KeyScope } from '../../../constructs/schema/index.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { Reader } from '../../store/connection.ts';
import { unitOf, type DocumentChange, type EditRow } from '../../store/edit.ts';
import { getFleet } from '../../store/fleet.ts';
import { getInstance, listInstances, type InstancePage, type InstanceRow } from '../../store/instances.ts';
import { listOpenEdits } from '../../store/outbox.ts';
import { listSealedKeys } from '../../store/sealed-keys.ts';

/** A bot as people have it in mind: main with the drafts on top. */
export interface EditedInstance {
  readonly row: InstanceRow;
  readonly record: BotInstance;
  /** Edits of this bot that are not on main, oldest first. */
  readonly drafts: readonly EditRow[];
  /** True when a draft removes it. */
  readonly isLeaving: boolean;
}

/** An API key that is set, sealed. */
export interface EditedKey {
  readonly name: string;
  readonly file: string;
  /** Null for a key that this server did not seal. */
  readonly fingerprint: Uint8Array | null;
  readonly hint: string;
}

/** Bots, oldest first: all, or a page of them. `last` is the number to go on after; null behind the last page. */
export function readEditedInstances(
  read: Reader,
  page: InstancePage = {},
): { readonly bots: EditedInstance[]; readonly last: number | null } {
  const drafts = draftsByUnit(listOpenEdits(read));
  const rows = listInstances(read, page);
  return {
    bots: rows.flatMap((row) => desiredOf(row, drafts.get(row.name) ?? []) ?? []),
    last: page.limit === undefined || rows.length < page.limit ? null : (rows.at(-1)?.id ?? null),
  };
}

/** One bot by number or name. Throws `not_found`. */
export function readEditedInstance(read: Reader, id: string): EditedInstance {
  const desired = findEditedInstance(read, /^\d{1,15}$/.test(id) ? Number(id) : id);
  if (desired !== undefined) return desired;
  throw new ClaworcError('not_found', `There is no bot ${JSON.stringify(id)}.`, { field: 'id' });
}

export function findEditedInstance(read: Reader, key: number | string): EditedInstance | undefined {
  const row = getInstance(read, key);
  return row && desiredOf(row, listOpenEdits(read, row.name));
}

/** claworc.yaml with its drafts on top, and the commit that holds it. Throws `git_unreachable` before the first import. */
export function readEditedFleet(read: Reader): { fleet: Fleet; commit: string; drafts: readonly EditRow[] } {
  const row = getFleet(read);
  if (row === undefined) {
    throw new ClaworcError('git_unreachable', 'claworc.yaml has not been read from git yet.', { retryable: true });
  }
  const drafts = listOpenEdits(read, FLEET_UNIT);
  const fleet = pendingChanges(drafts).reduce(
    (current, change) => (change.kind === 'Fleet' ? onTop(change.base, current, change.next) : current),
    row.record,
  );
  return { fleet, commit: row.commit, drafts };
}

/** The keys of a scope, main with drafts on top, by name. */
export function readEditedKeys(read: Reader, scope: KeyScope): Map<string, EditedKey> {
  const keys = new Map<string, EditedKey>(listSealedKeys(read, scope).map((row) => [row.name, row]));
  for (const change of pendingChanges(listOpenEdits(read, unitOfScope(scope)))) {
    if (change.kind !== 'SealedKey' || change.scope !== scope) continue;
    if (change.next === null) keys.delete(change.key);
    else keys.set(change.key, { name: change.key, ...change.next });
  }
  return keys;
}

/** What publishing a draft would make of a document; where it can't (a conflict), the document stays. */
function onTop<T extends object>(base: T | null, current: T, next: T): T {
  return mergeDocuments(base ?? current, current, next).merged ?? current;
}

function desiredOf(row: InstanceRow, drafts: readonly EditRow[]): EditedInstance | undefined {
  let record = row.record;
  let isLeaving = false;
  for (const change of pendingChanges(drafts)) {
    if (change.kind !== 'BotInstance' || change.name !== row.name) continue;
    isLeaving = change.next === null;
    if (change.next !== null) {
      record = record === null ? change.next : onTop(change.base, record, change.next);
    }
  }
  record ??= lastWanted(row.name, drafts);
  return record === null ? undefined : { row, record, drafts, isLeaving };
}

/** The record of a bot whose creation did not get through; it stays visible until somebody discards it. */
function lastWanted(name: string, drafts: readonly EditRow[]): BotInstance | null {
  const wanted = drafts
    .flatMap(({ changes }) => changes)
    .flatMap((change) => (change.kind === 'BotInstance' && change.name === name ? [change.next] : []));
  return wanted.findLast((record) => record !== null) ?? null;
}

function pendingChanges(drafts: readonly EditRow[]): DocumentChange[] {
  return drafts
    .filter(({ state, proposal }) => state === 'pending' && proposal === undefined)
    .flatMap(({ changes }) => changes);
}

function draftsByUnit(drafts: readonly EditRow[]): Map<string, EditRow[]> {
  const byUnit = new Map<string, EditRow[]>();
  for (const draft of drafts) {
    for (const unit of new Set(draft.changes.map(unitOf))) byUnit.set(unit, [...(byUnit.get(unit) ?? []), draft]);
  }
  return byUnit;
}
