import { isRecord } from '../../../server/lib/is-record.ts';
import { itemKey, split } from './field-sets.ts';
import { isOneValue, listType, type Keys } from './schema.ts';

type Json = Record<string, unknown>;

/** An applied value laid over a live one: maps and keyed lists by member, all else whole. */
export function overlay(kind: string, live: unknown, applied: unknown, path: Keys = []): unknown {
  if (isRecord(live) && isRecord(applied) && !isOneValue(kind, path)) {
    const merged: Json = { ...live };
    for (const [name, value] of Object.entries(applied)) {
      merged[name] = overlay(kind, live[name], value, [...path, `f:${name}`]);
    }
    return merged;
  }
  const type = listType(kind, path);
  if (!Array.isArray(live) || !Array.isArray(applied) || type === undefined) return structuredClone(applied);
  const keyOf = (item: unknown): string =>
    type === 'set' || !isRecord(item) ? `v:${JSON.stringify(item)}` : itemKey(item, type);
  const before = new Map((live as readonly unknown[]).map((item) => [keyOf(item), item]));
  const merged = (applied as readonly unknown[]).map((item) => {
    const key = keyOf(item);
    const under = before.get(key);
    before.delete(key);
    return under === undefined ? structuredClone(item) : overlay(kind, under, item, [...path, key]);
  });
  return [...merged, ...before.values()];
}

/** RFC 7386. */
export function mergePatch(live: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const merged: Json = isRecord(live) ? { ...live } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(merged, name);
    else merged[name] = mergePatch(merged[name], value);
  }
  return merged;
}

/** Takes one field or item out of an object, and what is empty without it. */
export function removeField(kind: string, object: Json, path: string): void {
  remove(kind, object, split(path), []);
}

function remove(kind: string, value: unknown, [key, ...rest]: Keys, above: Keys): void {
  if (key === undefined) return;
  if (Array.isArray(value)) {
    const type = listType(kind, above);
    const at = (value as readonly unknown[]).findIndex((item) =>
      isRecord(item) && type !== undefined && type !== 'set'
        ? itemKey(item, type) === key
        : `v:${JSON.stringify(item)}` === key,
    );
    if (at < 0) return;
    if (rest.length === 0) value.splice(at, 1);
    else remove(kind, (value as readonly unknown[])[at], rest, [...above, key]);
    return;
  }
  if (!isRecord(value)) return;
  const name = key.slice(2);
  const members = value as Json;
  const inner = members[name];
  if (rest.length === 0) Reflect.deleteProperty(members, name);
  else {
    remove(kind, inner, rest, [...above, key]);
    const isEmpty = Array.isArray(inner) ? inner.length === 0 : isRecord(inner) && Object.keys(inner).length === 0;
    if (isEmpty) Reflect.deleteProperty(members, name);
  }
}
