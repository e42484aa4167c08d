import {
  isCollection,
  isMap,
  isScalar,
  isSeq,
  Scalar,
  type CST,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

/** One entry of a block: a field of a mapping or an item of a list. */
export interface Entry {
  readonly name: string;
  readonly node: Node | null;
  /** Of the field name, or of the dash. */
  readonly start: number;
  /** Behind the last character that says something, so before a comment beside it. */
  readonly end: number;
}

/** The fields of a block mapping; undefined where one of them is written in a way that people never do. */
export function fieldsOf(text: string, map: YAMLMap): readonly Entry[] | undefined {
  const entries: Entry[] = [];
  for (const { key, value, srcToken } of map.items as Pair<Node, Node | null>[]) {
    const colon = srcToken?.sep?.find(({ type }) => type === 'map-value-ind')?.offset;
    const start = key.range?.[0];
    if (!isScalar(key) || typeof key.value !== 'string' || start === undefined || colon === undefined) return undefined;
    if (text.slice(start, colon).includes('\n')) return undefined;
    entries.push({ name: key.value, node: value, start, end: endOf(text, value, colon + 1) });
  }
  return entries;
}

/** The items of a block list. */
export function itemsOf(text: string, list: YAMLSeq): readonly Entry[] | undefined {
  const source = list.srcToken?.type === 'block-seq' ? list.srcToken.items : [];
  const entries: Entry[] = [];
  for (const [index, node] of (list.items as (Node | null)[]).entries()) {
    const dash = dashOf(source[index]);
    if (dash === undefined) return undefined;
    entries.push({ name: String(index), node, start: dash, end: endOf(text, node, dash + 1) });
  }
  return entries;
}

function dashOf(item: CST.CollectionItem | undefined): number | undefined {
  return item?.start.find(({ type }) => type === 'seq-item-ind')?.offset;
}

/** The library counts the comments and blank lines after a collection as part of it. */
function endOf(text: string, node: Node | null, before: number): number {
  if (isCollection(node) && node.flow !== true) {
    const inside = isMap(node) ? fieldsOf(text, node) : isSeq(node) ? itemsOf(text, node) : undefined;
    return inside?.at(-1)?.end ?? node.range?.[1] ?? before;
  }
  const [start, end] = node?.range ?? [before, before];
  if (start === end) return before;
  return isScalar(node) && isBlock(node) ? endOfBlock(text, start, end) : end;
}

/** Blank lines below a block text are not part of it, unless its header says so. */
function endOfBlock(text: string, start: number, end: number): number {
  const [header = ''] = text.slice(start, end).split(/[\n#]/, 1);
  if (header.includes('+')) return end;
  const trimmed = text.slice(start, end).trimEnd();
  return Math.min(end, start + trimmed.length);
}

export function isBlock({ type }: Scalar): boolean {
  return type === Scalar.BLOCK_LITERAL || type === Scalar.BLOCK_FOLDED;
}
