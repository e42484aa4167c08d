import type { FieldsV1 } from '../../../server/cluster/live-object.ts';
import { isRecord } from '../../../server/lib/is-record.ts';
import { isOneValue, listType, type Keys } from './schema.ts';

/** Paths joined by line ends, which no key holds. */
export type FieldSet = ReadonlySet<string>;

export const joined = (path: Keys): string => path.join('\n');
export const split = (path: string): Keys => path.split('\n');

const NOBODYS = new Set(['apiVersion', 'kind', 'status']);
const SERVERS = new Set([
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
]);

export function itemKey(item: Readonly<Record<string, unknown>>, keys: readonly string[]): string {
  const entries = [...keys].sort().map((key) => [key, item[key] ?? (key === 'protocol' ? 'TCP' : undefined)]);
  return `k:${JSON.stringify(Object.fromEntries(entries))}`;
}

/** Every field that an object sets, with its value as text; items of keyed lists are fields too. */
export function fieldsWithValues(object: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  const kind = String(object.kind);
  const found = new Map<string, string>();
  const add = (path: Keys, value: unknown): void => void found.set(joined(path), JSON.stringify(value));
  const visit = (value: unknown, path: Keys): void => {
    if (Array.isArray(value) && value.length > 0) {
      const type = listType(kind, path);
      for (const item of type === undefined ? [] : (value as readonly unknown[])) {
        if (type === 'set') add([...path, `v:${JSON.stringify(item)}`], item);
        else if (type !== undefined && isRecord(item)) {
          const here = [...path, itemKey(item, type)];
          const isWhole = isOneValue(kind, here);
          add(here, isWhole ? item : '.');
          if (!isWhole) visit(item, here);
        }
      }
      if (type === undefined) add(path, value);
      return;
    }
    if (isRecord(value) && Object.keys(value).length > 0 && !isOneValue(kind, path)) {
      for (const [name, inner] of Object.entries(value)) {
        if ((path.length === 0 && NOBODYS.has(name)) || inner === undefined) continue;
        if (path.length === 1 && path[0] === 'f:metadata' && SERVERS.has(name)) continue;
        visit(inner, [...path, `f:${name}`]);
      }
      return;
    }
    if (path.length > 1 || !isRecord(value)) add(path, value);
  };
  visit(object, []);
  return found;
}

export function toTree(set: FieldSet): FieldsV1 {
  interface Tree {
    [key: string]: Tree;
  }
  const root: Tree = {};
  for (const path of set) {
    let node = root;
    for (const key of split(path)) node = node[key] ??= {};
    const isItem = split(path).at(-1)?.startsWith('k:') === true;
    if (isItem && [...set].some((other) => other.startsWith(`${path}\n`))) node['.'] = {};
  }
  return root;
}

export function fromTree(fields: FieldsV1): FieldSet {
  const set = new Set<string>();
  const visit = (node: FieldsV1, path: Keys): void => {
    for (const [key, below] of Object.entries(node)) {
      const here = key === '.' ? path : [...path, key];
      if (Object.keys(below).length === 0) set.add(joined(here));
      else visit(below, here);
    }
  };
  visit(fields, []);
  return set;
}

/** `.spec.containers[name="a"].image`, as conflicts name fields. */
export function formatField(path: string): string {
  return split(path)
    .map((key) => {
      if (key.startsWith('f:')) return /[.]|\//.test(key) ? `[${JSON.stringify(key.slice(2))}]` : `.${key.slice(2)}`;
      if (key.startsWith('v:')) return `[=${key.slice(2)}]`;
      const keys = Object.entries(JSON.parse(key.slice(2)) as Record<string, unknown>);
      return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
    })
    .join('');
}
