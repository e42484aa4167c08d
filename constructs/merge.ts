import { fieldOf, type Step } from './schema/explain/field-path.ts';

/** One field that both sides changed, differently. Values are undefined where the field was not set. */
export interface MergeConflict {
  /** Dotted, `spec.resources.limits.cpu`; empty for the document itself. */
  readonly field: string;
  readonly base: unknown;
  readonly theirs: unknown;
  readonly mine: unknown;
}

export interface Merge<T> {
  /** Both sides' changes; at a conflict it keeps `theirs`. Null: the document is removed. */
  readonly merged: T | null;
  readonly conflicts: readonly MergeConflict[];
}

/** What a person decided for a conflict; undefined where nobody did. A value of undefined: not set. */
export type Settle = (conflict: MergeConflict) => { readonly value: unknown } | undefined;

/**
 * Three-way merge of documents, field by field; null is a document that does not exist.
 * - Maps merge per key, down to the leaves.
 * - Lists whose elements all have a `name` of their own merge per element, by that name; other lists are one value.
 * - A field that both sides changed to the same value is no conflict.
 * - A field, element or document that one side removed and the other changed is one.
 * - A map that one side removed is one with nothing in it: what the other side changed inside is told field by field, and
 *   what it added inside stays.
 */
export function mergeDocuments<T extends object>(
  base: T | null,
  theirs: T | null,
  mine: T | null,
  settle: Settle = () => undefined,
): Merge<T> {
  const conflicts: MergeConflict[] = [];
  const state = { conflicts, settle };
  const merged = mergeValues(base ?? undefined, theirs ?? undefined, mine ?? undefined, [], state);
  return { merged: (merged as T | undefined) ?? null, conflicts };
}

function mergeValues(
  base: unknown,
  theirs: unknown,
  mine: unknown,
  path: readonly Step[],
  state: { readonly conflicts: MergeConflict[]; readonly settle: Settle },
  isElement = false,
): unknown {
  if (isSame(theirs, mine) || isSame(base, mine)) return theirs;
  if (isSame(base, theirs)) return mine;
  const before = partsOf(base);
  const isEmptied = before.shape === 'map' && path.length > 0 && !isElement && (theirs ?? mine) !== undefined;
  const partsOfSide = (value: unknown): Parts => (isEmptied && value === undefined ? EMPTY : partsOf(value));
  const [left, right] = [partsOfSide(theirs), partsOfSide(mine)];
  const isOneShape = left.shape === right.shape && (base === undefined || before.shape === left.shape);
  if (left.shape === 'value' || !isOneShape) {
    const conflict = { field: fieldOf(path), base, theirs, mine };
    const settled = state.settle(conflict);
    if (settled !== undefined) return settled.value;
    state.conflicts.push(conflict);
    return theirs;
  }
  // In the order of theirs, then what is new in mine.
  const keys = new Set([...left.parts.keys(), ...right.parts.keys()]);
  const merged = [...keys].flatMap((key): [string, unknown][] => {
    const below = [...path, key];
    const sides = [before, left, right].map(({ parts }) => parts.get(key)) as [unknown, unknown, unknown];
    const value = mergeValues(...sides, below, state, left.shape === 'list');
    return value === undefined ? [] : [[key, value]];
  });
  if (merged.length === 0 && (theirs === undefined || mine === undefined)) return undefined;
  return left.shape === 'list' ? merged.map(([, value]) => value) : Object.fromEntries(merged);
}

interface Parts {
  readonly shape: 'map' | 'list' | 'value';
  readonly parts: ReadonlyMap<string, unknown>;
}

const EMPTY: Parts = { shape: 'map', parts: new Map() };
const ONE_VALUE: Parts = { shape: 'value', parts: new Map() };

/** What a value merges by: the keys of a map, the names in a list of named elements; anything else is one value. */
function partsOf(value: unknown): Parts {
  if (isMap(value)) return { shape: 'map', parts: new Map(Object.entries(value)) };
  if (!Array.isArray(value)) return ONE_VALUE;
  const parts = new Map<string, unknown>();
  for (const item of value as readonly unknown[]) {
    const name = isMap(item) ? item.name : undefined;
    if (typeof name !== 'string' || parts.has(name)) return ONE_VALUE;
    parts.set(name, item);
  }
  return { shape: 'list', parts };
}

type PlainMap = Readonly<Record<string, unknown>>;

function own(map: PlainMap, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function isMap(value: unknown): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Equal as documents: the order of keys does not count, and a key that is undefined is a key that is not there. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  }
  if (!isMap(a) || !isMap(b)) return false;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => isSame(own(a, key), own(b, key)));
}
