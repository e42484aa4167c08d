/** A value in place of the base's; undefined for an entry that is gone. */
type Changes<Value> = ReadonlyMap<string, Value | undefined>;

/** Entries that a layer gathers before all of them are copied once. */
const MOST_CHANGES = 512;

/**
 * A map that is another one but for some entries. It is made, and compared with its relatives, at the price of what
 * differs. The base must not change any more. An entry that is new comes after all of the base.
 */
class LayeredMap<Value> implements ReadonlyMap<string, Value> {
  readonly base: ReadonlyMap<string, Value>;
  readonly changes: Changes<Value>;
  readonly size: number;

  constructor(base: ReadonlyMap<string, Value>, changes: Changes<Value>) {
    this.base = base;
    this.changes = changes;
    let { size } = base;
    for (const [key, value] of changes) size += Number(value !== undefined) - Number(base.has(key));
    this.size = size;
  }

  get(key: string): Value | undefined {
    return this.changes.has(key) ? this.changes.get(key) : this.base.get(key);
  }

  has(key: string): boolean {
    return this.changes.has(key) ? this.changes.get(key) !== undefined : this.base.has(key);
  }

  *entries(): MapIterator<[string, Value]> {
    for (const entry of this.base) {
      const [key] = entry;
      if (!this.changes.has(key)) yield entry;
      else {
        const value = this.changes.get(key);
        if (value !== undefined) yield [key, value];
      }
    }
    for (const [key, value] of this.changes) if (value !== undefined && !this.base.has(key)) yield [key, value];
  }

  *keys(): MapIterator<string> {
    for (const key of this.base.keys()) if (this.has(key)) yield key;
    for (const [key, value] of this.changes) if (value !== undefined && !this.base.has(key)) yield key;
  }

  *values(): MapIterator<Value> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): MapIterator<[string, Value]> {
    return this.entries();
  }

  forEach(callback: (value: Value, key: string, map: ReadonlyMap<string, Value>) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this);
  }
}

/** `map` with other entries; undefined takes one away. `map` stays as it is. */
export function withEntries<Value>(
  map: ReadonlyMap<string, Value>,
  changes: Changes<Value>,
): ReadonlyMap<string, Value> {
  if (changes.size === 0) return map;
  const { base, changes: before } = layersOf(map);
  const all = new Map(before);
  for (const [key, value] of changes) all.set(key, value);
  return new LayeredMap(base, all);
}

/** What is another value in `after`, by identity; undefined: gone. Looks only at layers where both lie on one base. */
export function changedEntries<Value>(
  before: ReadonlyMap<string, Value>,
  after: ReadonlyMap<string, Value>,
): Map<string, Value | undefined> {
  const [old, fresh] = [layersOf(before), layersOf(after)];
  const changed = new Map<string, Value | undefined>();
  const isOneBase = old.base === fresh.base;
  for (const [key, value] of isOneBase ? fresh.changes : after) if (value !== before.get(key)) changed.set(key, value);
  for (const key of isOneBase ? old.changes.keys() : before.keys()) {
    if (isOneBase ? fresh.changes.has(key) : after.has(key)) continue;
    const value = after.get(key);
    if (value !== before.get(key)) changed.set(key, value);
  }
  return changed;
}

/** The same entries, copied into one layer when the changes have become many. */
export function settledMap<Value>(map: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  return layersOf(map).changes.size <= MOST_CHANGES ? map : new Map(map);
}

function layersOf<Value>(map: ReadonlyMap<string, Value>): Pick<LayeredMap<Value>, 'base' | 'changes'> {
  return map instanceof LayeredMap ? (map as LayeredMap<Value>) : { base: map, changes: NONE };
}

const NONE: Changes<never> = new Map();
