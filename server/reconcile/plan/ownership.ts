import type { FieldsV1, LiveObject, ManagedFieldsEntry } from '../../cluster/live-object.ts';
import { fieldsV1Key, type FieldPath, type Step } from './field-path.ts';
import { isOurs } from '../live/evidence.ts';

/** Our own entry: the fields that our last apply set. Undefined for an object that we never applied, or lost. */
export function ourFields(object: LiveObject): FieldsV1 | undefined {
  return object.metadata.managedFields?.find(isOurs)?.fieldsV1;
}

/** A place in a tree of claims: the claims below it, or whether all below it is claimed with one above. */
export type Claims = FieldsV1 | boolean;

/** The top of a tree of claims; one without any claims nothing. */
export const topClaims = (fields: FieldsV1): Claims => (Object.keys(fields).length === 0 ? false : fields);

export function claimsBelow(claims: Claims, step: Step): Claims {
  if (typeof claims === 'boolean') return claims;
  return claims[fieldsV1Key(step)] ?? Object.keys(claims).length === 0;
}

/** True where `fields` claims the value at `path`, itself or as part of a value with one owner. */
export function owns(fields: FieldsV1, path: FieldPath): boolean {
  return path.reduce(claimsBelow, topClaims(fields)) !== false;
}

/** Managers beside us that claim the value at `path`. */
export const otherOwners = (object: LiveObject, path: FieldPath): readonly string[] =>
  owners(object, path, (entry) => !isOurs(entry));

/** When a manager beside us last wrote of those that claim the value at `path`; undefined where none does, or says. */
export function changedAt({ metadata: { managedFields = [] } }: LiveObject, path: FieldPath): string | undefined {
  return managedFields
    .filter((entry) => !isOurs(entry) && entry.fieldsV1 !== undefined && claims(entry.fieldsV1, path))
    .flatMap(({ time }) => time ?? [])
    .sort()
    .at(-1);
}

/** All managers that claim the value at `path`. */
export const managersOf = (object: LiveObject, path: FieldPath): readonly string[] => owners(object, path, () => true);

function owners(
  { metadata: { managedFields = [] } }: LiveObject,
  path: FieldPath,
  isMeant: (entry: ManagedFieldsEntry) => boolean,
): readonly string[] {
  const found = managedFields.filter(
    (entry) => isMeant(entry) && entry.fieldsV1 !== undefined && claims(entry.fieldsV1, path),
  );
  return [...new Set(found.map((entry) => entry.manager ?? 'unknown'))];
}

/** When our fields were last written; undefined for an object that we never applied. */
export function appliedAt(object: LiveObject): string | undefined {
  return object.metadata.managedFields?.find(isOurs)?.time;
}

/** Stricter than `owns`: a claim on a whole map says nothing about members that others may own. */
function claims(fields: FieldsV1, path: FieldPath): boolean {
  let node: FieldsV1 | undefined = fields;
  for (const step of path) {
    node = node[fieldsV1Key(step)];
    if (node === undefined) return false;
  }
  return true;
}
