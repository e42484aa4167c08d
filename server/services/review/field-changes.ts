import { isObject } from '../../../constructs/schema/explain/explain.ts';
import { fieldOf, type Step } from '../../../constructs/schema/explain/field-path.ts';
import { maskLeaks } from '../../../constructs/schema/check/leaks.ts';
import { readSource } from '../../../constructs/schema/yaml/parse-document.ts';
import type { FieldChange } from '../../http/schemas/effect.ts';

/** A document of an instances repo: its value, and the text that its lines are counted in. */
export interface ReadDocument {
  readonly value: unknown;
  readonly path: string;
  readonly text: string;
}

/** Most characters of a value that are shown. */
const MOST = 200;

/** Fields in which two versions of a document differ, in the order of the newer one. Null: the document is not there. */
export function fieldChanges(before: ReadDocument | null, after: ReadDocument | null): readonly FieldChange[] {
  const there = after ?? before;
  if (there === null) return [];
  const differing: { path: readonly Step[]; before: unknown; after: unknown }[] = [];
  walk(before?.value, after?.value, [], (path, was, is) => differing.push({ path, before: was, after: is }));
  if (differing.length === 0) return [];
  const read = after === null ? undefined : readSource(after.text, after.path);
  return differing.map((change) => ({
    field: maskLeaks(fieldOf(change.path)),
    before: shown(change.before),
    after: shown(change.after),
    file: there.path,
    line:
      change.after === undefined || read?.ok !== true
        ? null
        : (read.source.locate({ path: change.path, on: 'key', message: '' }).line ?? null),
  }));
}

type Found = (path: readonly Step[], before: unknown, after: unknown) => void;

function walk(before: unknown, after: unknown, path: readonly Step[], found: Found): void {
  if (Object.is(before, after)) return;
  // One side of an object that is new or gone is told by its fields.
  const [left, right] = [childrenOf(before, after), childrenOf(after, before)];
  if (left === undefined || right === undefined) {
    found(path, before, after);
    return;
  }
  for (const step of new Set([...right.keys(), ...left.keys()])) {
    walk(left.get(step), right.get(step), [...path, step], found);
  }
}

function childrenOf(value: unknown, other: unknown): ReadonlyMap<Step, unknown> | undefined {
  if (isObject(value)) return new Map(Object.entries(value));
  if (Array.isArray(value)) return new Map(value.map((item, index) => [index, item]));
  const isOtherFull = (isObject(other) && Object.keys(other).length > 0) || (Array.isArray(other) && other.length > 0);
  return value === undefined && isOtherFull ? new Map() : undefined;
}

/** A value on one line, without keys in clear text, cut where it is long. */
export function shown(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const isPlain = typeof value === 'string' && /^[\w./:@+][\w./:@+ -]*$/.test(value) && !value.endsWith(' ');
  const text = maskLeaks(isPlain ? value : JSON.stringify(value));
  return text.length <= MOST ? text : `${text.slice(0, MOST)}… (${text.length} characters)`;
}
