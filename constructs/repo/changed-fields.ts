import { isObject } from '../schema/explain/explain.ts';

/** What names an element of a list, by the rules of server-side apply; other lists are compared by position. */
const KEYS = ['name', 'mountPath', 'containerPort', 'port'] as const;

/** Most fields of one object that are named; what comes after them is counted. */
const MOST = 12;

/** Fields in which two objects differ, dotted, in the order of the first: `spec.template.spec.containers[moltbot].image`. */
export function changedFields(before: unknown, after: unknown): readonly string[] {
  const fields: string[] = [];
  compare(before, after, '', fields);
  if (fields.length <= MOST) return fields;
  return [...fields.slice(0, MOST), `and ${fields.length - MOST} more`];
}

function compare(before: unknown, after: unknown, field: string, fields: string[]): void {
  if (Object.is(before, after)) return;
  if (isObject(before) && isObject(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const step = /^[\w-]+$/.test(name) ? `${field === '' ? '' : '.'}${name}` : `[${name}]`;
      compare(before[name], after[name], `${field}${step}`, fields);
    }
    return;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const [left, right] = [byKey(before), byKey(after)];
    for (const key of new Set([...left.keys(), ...right.keys()])) {
      compare(left.get(key), right.get(key), `${field}[${key}]`, fields);
    }
    // The same elements in another order.
    if (fields.length === 0 && JSON.stringify(before) !== JSON.stringify(after)) fields.push(field);
    return;
  }
  fields.push(field);
}

function byKey(items: readonly unknown[]): Map<string, unknown> {
  const named = new Map<string, unknown>();
  for (const [index, item] of items.entries()) {
    const key = isObject(item) ? KEYS.find((name) => item[name] !== undefined) : undefined;
    const value = key !== undefined && isObject(item) ? item[key] : index;
    named.set(typeof value === 'string' || typeof value === 'number' ? String(value) : String(index), item);
  }
  return named;
}
