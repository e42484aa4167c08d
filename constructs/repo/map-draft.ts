import { settledMap, withEntries } from './layered-map.ts';
import { compareTexts } from './repo.ts';

/** Changes on their way into a map that goes on from another one, at the price of the changes. */
export class MapDraft<Value> {
  readonly #before: ReadonlyMap<string, Value>;
  readonly #changes = new Map<string, Value | undefined>();
  readonly #orderOf: (value: Value, key: string) => string;
  #isUnordered = false;

  /** `orderOf` says by which text the entries are sorted. Those of a map from nothing must come in that order. */
  constructor(before: ReadonlyMap<string, Value> | undefined, orderOf: (value: Value, key: string) => string) {
    this.#before = before ?? new Map();
    this.#orderOf = orderOf;
  }

  get(key: string): Value | undefined {
    return this.#changes.has(key) ? this.#changes.get(key) : this.#before.get(key);
  }

  set(key: string, value: Value): void {
    this.#isUnordered ||= this.#before.size > 0 && this.get(key) === undefined;
    this.#changes.set(key, value);
  }

  delete(key: string): void {
    if (this.#before.has(key)) this.#changes.set(key, undefined);
    else this.#changes.delete(key);
  }

  /** Of entries that were set or deleted. */
  changed(): Iterable<string> {
    return this.#changes.keys();
  }

  /** The very map that it goes on from where nothing was changed. */
  finish(): ReadonlyMap<string, Value> {
    const map = withEntries(this.#before, this.#changes);
    if (!this.#isUnordered) return settledMap(map);
    const sortable = [...map].map(([key, value]) => ({ key, value, order: this.#orderOf(value, key) }));
    return new Map(sortable.sort((a, b) => compareTexts(a.order, b.order)).map(({ key, value }) => [key, value]));
  }
}
