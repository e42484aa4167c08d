import { isRecord } from '../../lib/is-record.ts';
import { keyValue, member, type FieldPath, type Step } from './field-path.ts';
import { isAtomic, listKeys } from './topology.ts';

export interface Leaf {
  readonly path: FieldPath;
  readonly value: unknown;
}

/** Members that identify the object and are never owned by anybody. */
const IDENTITY = new Set(['apiVersion', 'kind']);
const METADATA_IDENTITY = new Set(['name', 'namespace']);

/**
 * The fields that an applied object claims: each scalar, each value with one owner, each empty map or list; items of
 * keyed lists by their keys.
 */
export function leavesOf(object: Readonly<Record<string, unknown>>): readonly Leaf[] {
  const leaves: Leaf[] = [];
  walkLeaves(
    object,
    undefined,
    () => undefined,
    (path, value) => leaves.push({ path: [...path], value }),
  );
  return leaves;
}

/**
 * Calls `leaf` with each field of `leavesOf`, and with what `below` makes of `top` on the way there: a place in another
 * tree, which then is not searched from its top for each field. `path` is good during the call only.
 */
export function walkLeaves<Place>(
  object: Readonly<Record<string, unknown>>,
  top: Place,
  below: (place: Place, step: Step) => Place,
  leaf: (path: FieldPath, value: unknown, place: Place) => void,
): void {
  const kind = String(object.kind);
  const path: Step[] = [];
  const enter = (value: unknown, step: Step, place: Place): void => {
    path.push(step);
    visit(value, below(place, step));
    path.pop();
  };
  const visit = (value: unknown, place: Place): void => {
    if (isAtomic(kind, path)) {
      leaf(path, value, place);
      return;
    }
    const keys = Array.isArray(value) ? listKeys(kind, path) : undefined;
    if (Array.isArray(value) && keys !== undefined && value.length > 0) {
      for (const item of value as readonly unknown[]) if (isRecord(item)) enter(item, itemStep(item, keys), place);
      return;
    }
    const names = isRecord(value) ? Object.keys(value) : [];
    if (!isRecord(value) || names.length === 0) {
      leaf(path, value, place);
      return;
    }
    for (const name of names) {
      if (!isIdentity(path, name) && value[name] !== undefined) enter(value[name], member(name), place);
    }
  };
  visit(object, top);
}

function isIdentity(path: FieldPath, name: string): boolean {
  if (path.length === 0) return IDENTITY.has(name);
  const [first] = path;
  return path.length === 1 && first?.type === 'member' && first.name === 'metadata' && METADATA_IDENTITY.has(name);
}

function itemStep(item: Readonly<Record<string, unknown>>, keys: readonly string[]): Step {
  return { type: 'item', keys: Object.fromEntries(keys.map((key) => [key, keyValue(item, key)])) };
}
