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
  const known = remembered.get(object);
  if (known !== undefined) return known;
  const leaves = collectLeaves(object);
  remembered.set(object, leaves);
  return leaves;
}

/** Desired objects are compared again with each event, and never change. */
const remembered = new WeakMap<object, readonly Leaf[]>();

function collectLeaves(object: Readonly<Record<string, unknown>>): readonly Leaf[] {
  const kind = String(object.kind);
  const leaves: Leaf[] = [];

  const visit = (value: unknown, path: FieldPath): void => {
    if (isAtomic(kind, path)) {
      leaves.push({ path, value });
      return;
    }
    const keys = Array.isArray(value) ? listKeys(kind, path) : undefined;
    if (Array.isArray(value) && keys !== undefined && value.length > 0) {
      for (const item of value as readonly unknown[]) {
        if (isRecord(item)) visit(item, [...path, itemStep(item, keys)]);
      }
      return;
    }
    if (isRecord(value) && Object.keys(value).length > 0) {
      for (const [name, inner] of Object.entries(value)) {
        if (isIdentity(path, name) || inner === undefined) continue;
        visit(inner, [...path, member(name)]);
      }
      return;
    }
    leaves.push({ path, value });
  };

  visit(object, []);
  return leaves;
}

function isIdentity(path: FieldPath, name: string): boolean {
  if (path.length === 0) return IDENTITY.has(name);
  const [first] = path;
  return path.length === 1 && first?.type === 'member' && first.name === 'metadata' && METADATA_IDENTITY.has(name);
}

function itemStep(item: Readonly<Record<string, unknown>>, keys: readonly string[]): Step {
  return { type: 'item', keys: Object.fromEntries(keys.map((key) => [key, keyValue(item, key)])) };
}
