import { isRecord } from '../../lib/is-record.ts';

/** A step into an object: a member, an item of a keyed list, or an item of a list of plain values. */
export type Step =
  | { readonly type: 'member'; readonly name: string }
  | { readonly type: 'item'; readonly keys: Readonly<Record<string, unknown>> }
  | { readonly type: 'value'; readonly value: unknown };

export type FieldPath = readonly Step[];

export const member = (name: string): Step => ({ type: 'member', name });

/** `spec.template.spec.containers[name="moltbot"].image`, the form of the API server's conflicts without its first dot. */
export function formatPath(path: FieldPath): string {
  let text = '';
  for (const step of path) {
    if (step.type === 'member') {
      text += /^[A-Za-z0-9_-]+$/.test(step.name) ? `${text === '' ? '' : '.'}${step.name}` : `[${step.name}]`;
    } else if (step.type === 'item') {
      text += `[${formatKeys(step.keys)}]`;
    } else {
      text += `[=${JSON.stringify(step.value)}]`;
    }
  }
  return text;
}

/** The key of a step in FieldsV1: `f:name`, `k:{...}` with sorted keys, `v:...`. */
export function fieldsV1Key(step: Step): string {
  if (step.type === 'member') return `f:${step.name}`;
  if (step.type === 'value') return `v:${JSON.stringify(step.value)}`;
  const sorted = Object.fromEntries(Object.entries(step.keys).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `k:${JSON.stringify(sorted)}`;
}

/** The step that a key of FieldsV1 stands for; undefined for `.` and for forms that no kind of ours has. */
export function stepOf(key: string): Step | undefined {
  if (key.startsWith('f:')) return member(key.slice(2));
  if (key.startsWith('k:')) return { type: 'item', keys: JSON.parse(key.slice(2)) as Record<string, unknown> };
  if (key.startsWith('v:')) return { type: 'value', value: JSON.parse(key.slice(2)) as unknown };
  return undefined;
}

/** The value below one step; undefined where there is none. */
export function valueAt(value: unknown, step: Step): unknown {
  if (step.type === 'member') {
    return isRecord(value) && Object.hasOwn(value, step.name) ? value[step.name] : undefined;
  }
  if (!Array.isArray(value)) return undefined;
  const items: readonly unknown[] = value;
  if (step.type === 'value') return items.find((item) => item === step.value);
  return items.find((item) => isItem(item, step));
}

/** True for the item of a keyed list that a step names. */
export function isItem(item: unknown, step: Step): boolean {
  if (step.type !== 'item' || !isRecord(item)) return false;
  return Object.entries(step.keys).every(([key, wanted]) => keyValue(item, key) === wanted);
}

/** The value at `path`; undefined where there is none. */
export function readPath(object: unknown, path: FieldPath): unknown {
  let value = object;
  for (const step of path) {
    value = valueAt(value, step);
    if (value === undefined) return undefined;
  }
  return value;
}

/** Key members with a default may be left out of an item. */
const DEFAULT_KEYS: Readonly<Record<string, unknown>> = { protocol: 'TCP' };

export const keyValue = (item: Readonly<Record<string, unknown>>, key: string): unknown =>
  item[key] ?? DEFAULT_KEYS[key];

function formatKeys(keys: Readonly<Record<string, unknown>>): string {
  return Object.entries(keys)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(',');
}
