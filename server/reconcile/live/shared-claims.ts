import type { FieldsV1, LiveObject } from '../../cluster/live-object.ts';

/** Trees of claims that are remembered; past it all are forgotten, and what is still common is soon known again. */
const MOST = 2_000;

/**
 * Lets objects with equal claims share one tree of them. The bots of a fleet are claimed alike, field by field, and such a
 * tree takes more memory than all else of an object: shared, what is known of a fleet is less than half as large.
 */
export class SharedClaims {
  readonly #trees = new Map<string, FieldsV1>();

  /** The same object, with trees of claims that others may have too. */
  share(object: LiveObject): LiveObject {
    const { managedFields } = object.metadata;
    if (managedFields === undefined) return object;
    const shared = managedFields.map((entry) =>
      entry.fieldsV1 === undefined ? entry : { ...entry, fieldsV1: this.#common(entry.fieldsV1) },
    );
    return { ...object, metadata: { ...object.metadata, managedFields: shared } };
  }

  #common(tree: FieldsV1): FieldsV1 {
    const text = JSON.stringify(tree);
    const known = this.#trees.get(text);
    if (known !== undefined) return known;
    if (this.#trees.size >= MOST) this.#trees.clear();
    this.#trees.set(text, tree);
    return tree;
  }
}
