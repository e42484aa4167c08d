import type { LiveObject, ManagedFieldsEntry } from '../../../server/cluster/live-object.ts';
import { fieldsWithValues, fromTree, toTree, type FieldSet } from './field-sets.ts';
import { overlay, removeField } from './merge.ts';

type Json = Record<string, unknown>;

/** What one manager owns by one way of writing. */
export interface Owner {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly time: string;
  readonly fields: FieldSet;
}

export interface Conflict {
  readonly manager: string;
  readonly path: string;
}

export type Applied =
  | { readonly ok: true; readonly object: Json; readonly owners: readonly Owner[] }
  | { readonly ok: false; readonly conflicts: readonly Conflict[] };

/** Server-side apply, without the server's defaults. */
export function applyAs(
  { manager, force, time }: { readonly manager: string; readonly force: boolean; readonly time: string },
  live: { readonly object: Json; readonly owners: readonly Owner[] } | undefined,
  config: Json,
): Applied {
  const kind = String(config.kind);
  const wanted: FieldSet = new Set(fieldsWithValues(config).keys());
  const isUs = (owner: Owner): boolean => owner.manager === manager && owner.operation === 'Apply';
  const us = live?.owners.find(isUs);
  const others = (live?.owners ?? []).filter((owner) => !isUs(owner));
  const merged = overlay(kind, live?.object ?? {}, config) as Json;
  const { changed } = compare(live?.object ?? { kind }, merged);
  const conflicts = others.flatMap((owner) =>
    [...changed].filter((path) => owner.fields.has(path)).map((path) => ({ manager: owner.manager, path })),
  );
  if (conflicts.length > 0 && !force) return { ok: false, conflicts };

  const left = others.map((owner) => ({ ...owner, fields: minus(owner.fields, changed) }));
  const held = left.flatMap((owner) => [...owner.fields]);
  const isHeld = (path: string): boolean => held.some((field) => field === path || field.startsWith(`${path}\n`));
  for (const path of minus(us?.fields ?? new Set(), wanted)) if (!isHeld(path)) removeField(kind, merged, path);
  const isSame = us?.fields.size === wanted.size && minus(us.fields, wanted).size === 0;
  const ours: Owner = { manager, operation: 'Apply', fields: wanted, time: isSame ? us.time : time };
  return { ok: true, object: merged, owners: [...left, ours].filter(({ fields }) => fields.size > 0) };
}

/** Any other write: it takes what it changes. */
export function updateAs(
  { manager, time }: { readonly manager: string; readonly time: string },
  live: { readonly object: Json; readonly owners: readonly Owner[] } | undefined,
  object: Json,
): readonly Owner[] {
  const { changed, removed } = compare(live?.object ?? { kind: object.kind }, object);
  if (changed.size === 0 && removed.size === 0) return live?.owners ?? [];
  const isUs = (owner: Owner): boolean => owner.manager === manager && owner.operation === 'Update';
  const us = live?.owners.find(isUs);
  const others = (live?.owners ?? [])
    .filter((owner) => !isUs(owner))
    .map((owner) => ({ ...owner, fields: minus(minus(owner.fields, changed), removed) }));
  const fields = minus(new Set([...(us?.fields ?? []), ...changed]), removed);
  return [...others, { manager, operation: 'Update' as const, time, fields }].filter((owner) => owner.fields.size > 0);
}

export function entryOf({ manager, operation, time, fields }: Owner, apiVersion: string): ManagedFieldsEntry {
  const about = { manager, operation, apiVersion, time, fieldsType: 'FieldsV1' };
  return { ...about, fieldsV1: toTree(fields) };
}

/** What a client wrote as managedFields. */
export const ownerOf = ({ manager = '', operation, time = '', fieldsV1 = {} }: ManagedFieldsEntry): Owner => ({
  manager,
  operation: operation === 'Apply' ? 'Apply' : 'Update',
  time,
  fields: fromTree(fieldsV1),
});

export const managersOf = (object: LiveObject): readonly string[] =>
  (object.metadata.managedFields ?? []).map(({ manager = '' }) => manager);

function compare(before: Json, after: Json): { readonly changed: FieldSet; readonly removed: FieldSet } {
  const [old, next] = [fieldsWithValues(before), fieldsWithValues(after)];
  return {
    changed: new Set([...next].filter(([path, value]) => old.get(path) !== value).map(([path]) => path)),
    removed: new Set([...old.keys()].filter((path) => !next.has(path))),
  };
}

const minus = (set: FieldSet, less: FieldSet): FieldSet => new Set([...set].filter((path) => !less.has(path)));
