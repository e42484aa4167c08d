import { isSame } from '../../../constructs/merge.ts';
import { isObject } from '../../../constructs/schema/explain/explain.ts';
import { fieldOf } from '../../../constructs/schema/explain/field-path.ts';

/** A document as a commit left it. */
export interface DocumentVersion {
  readonly commit: string;
  /** Null where it is not there; undefined where it can't be read. */
  readonly value: object | null | undefined;
}

/** Which commit gave a field the value that it has. */
export interface FieldBlame {
  readonly value: unknown;
  readonly commit: string;
  /** The value may be older: the versions that were looked at end with this commit. */
  readonly isOlder: boolean;
}

/** Blame by field, `spec.resources.limits.memory`, of one version of a document. */
export interface DocumentBlame {
  readonly value: object | null;
  readonly fields: ReadonlyMap<string, FieldBlame>;
}

interface Leaf {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** The fields of a document that hold a value; a list is one value. */
function leavesOf(value: unknown, path: readonly string[] = []): readonly Leaf[] {
  const entries = isObject(value) ? Object.entries(value) : [];
  return entries.length === 0
    ? [{ path, value }]
    : entries.flatMap(([step, child]) => leavesOf(child, [...path, step]));
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (node, step) => (isObject(node) && Object.hasOwn(node, step) ? node[step] : undefined),
    value,
  );
}

/**
 * For every field of the newest readable version the commit that brought its value. `versions` are newest first; what comes
 * before them is `known` already, or unknown where `isWhole` is false. A version that can't be read decides nothing, and no
 * more is taken of them than is needed.
 */
export async function blameFields(
  versions: Iterable<DocumentVersion> | AsyncIterable<DocumentVersion>,
  { isWhole, known }: { readonly isWhole: boolean; readonly known?: DocumentBlame },
): Promise<DocumentBlame> {
  const fields = new Map<string, FieldBlame>();
  let open: readonly Leaf[] = [];
  let document: object | null | undefined;
  let last = '';
  for await (const { commit, value } of versions) {
    if (value === undefined) continue;
    if (document === undefined) {
      document = value;
      open = value === null ? [] : leavesOf(value);
    } else {
      open = settle(open, value, (leaf) =>
        fields.set(fieldOf(leaf.path), { value: leaf.value, commit: last, isOlder: false }),
      );
    }
    if (open.length === 0) break;
    last = commit;
  }
  if (document === undefined) return known ?? { value: null, fields };
  if (known !== undefined) {
    open = settle(open, known.value, (leaf) =>
      fields.set(fieldOf(leaf.path), { value: leaf.value, commit: last, isOlder: false }),
    );
  }
  for (const { path, value } of open) {
    const field = fieldOf(path);
    fields.set(field, known?.fields.get(field) ?? { value, commit: last, isOlder: !isWhole });
  }
  return { value: document, fields };
}

/** The leaves that the older document has as well; the others are handed to `changed`. */
function settle(open: readonly Leaf[], older: object | null, changed: (leaf: Leaf) => void): readonly Leaf[] {
  return open.filter((leaf) => {
    const isThere = older !== null && isSame(valueAt(older, leaf.path), leaf.value);
    if (!isThere) changed(leaf);
    return isThere;
  });
}
