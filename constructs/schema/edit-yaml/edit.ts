import { isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { isObject } from '../explain/explain.ts';
import { valueOf } from '../yaml/yaml-value.ts';
import { gapsBetween } from './align.ts';
import { emit, inlineScalar, rewrite, type Layout } from './emit.ts';
import { fieldsOf, isBlock, itemsOf, type Entry } from './entries.ts';
import { layoutOf } from './layout.ts';
import {
  applySplices,
  columnOf,
  dedent,
  indent,
  isFirstInLine,
  isLastInLine,
  lineEnd,
  removal,
  replacement,
  type Splice,
} from './lines.ts';
import { readYaml } from './read.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What all parts of one edit have in common. */
interface Place {
  readonly text: string;
  readonly layout: Layout;
}

/**
 * The text with another value, changed only where the value differs: every line of what is the same stays as it is, with
 * its comment, folds, quotes and spaces, in its place. Undefined where that can't be done, or isn't needed: the text is
 * no plain mapping.
 */
export function editYaml(given: string, value: object): string | undefined {
  const text = given.endsWith('\n') ? given : `${given}\n`;
  const document = readYaml(text);
  if (document === undefined || !isMap(document.contents) || document.contents.flow === true) return undefined;
  const before = valueOf(document).value;
  if (!isObject(before)) return undefined;
  const layout = layoutOf(text, document.contents);
  for (const quotesBlankEnds of [false, true]) {
    const splices = editFields({ text, layout: { ...layout, quotesBlankEnds } }, document.contents, before, {
      ...value,
    });
    const edited = splices === undefined ? undefined : applySplices(text, splices);
    const written = edited === undefined ? undefined : readYaml(edited);
    // Whatever was thought about the text above: it counts what a reader makes of the result.
    if (written !== undefined && isSame(valueOf(written).value, value)) return edited;
  }
  return undefined;
}

/** What makes of a node one with another value; undefined where the line that it begins in must be written anew. */
function editNode(
  place: Place,
  node: Node | null,
  before: unknown,
  after: unknown,
  isInFlow: boolean,
): readonly Splice[] | undefined {
  if (isSame(before, after)) return [];
  if (isScalar(node) && (typeof after !== 'object' || after === null)) return editScalar(place, node, after, isInFlow);
  if (isMap(node) && isObject(before) && isObject(after)) {
    return node.flow === true ? editFlow(place, node, before, after) : editFields(place, node, before, after);
  }
  if (isSeq(node) && Array.isArray(before) && Array.isArray(after)) {
    return node.flow === true ? editFlow(place, node, before, after) : editItems(place, node, before, after);
  }
  return undefined;
}

function editScalar({ text }: Place, node: Scalar, value: unknown, isInFlow: boolean): readonly Splice[] | undefined {
  const [start = 0, end = 0] = node.range ?? [];
  if (start === end || isBlock(node) || text.slice(start, end).includes('\n')) return undefined;
  const written = inlineScalar(value, node, isInFlow);
  return written === undefined ? undefined : [{ start, end, text: written }];
}

/** Inside brackets only values change in their places; what comes or goes makes the brackets anew. */
function editFlow(place: Place, node: YAMLMap | YAMLSeq, before: object, after: object): readonly Splice[] | undefined {
  const [old, next] = [new Map(Object.entries(before)), new Map(defined(after))];
  if (old.size !== next.size || [...old.keys()].some((name) => !next.has(name))) return undefined;
  const splices: Splice[] = [];
  for (const [name, value] of next) {
    const child = node.get(Array.isArray(before) ? Number(name) : name, true) as Node | undefined;
    const edits = editNode(place, child ?? null, old.get(name), value, true);
    if (edits === undefined) return undefined;
    splices.push(...edits);
  }
  return splices;
}

function editFields(place: Place, map: YAMLMap, before: Fields, after: Fields): readonly Splice[] | undefined {
  const { text, layout } = place;
  const entries = fieldsOf(text, map);
  const [first, last] = [entries?.[0], entries?.at(-1)];
  const added = defined(after).filter(([name]) => !Object.hasOwn(before, name));
  const isEmptied = entries?.every(({ name }) => after[name] === undefined) === true && added.length === 0;
  if (entries === undefined || first === undefined || last === undefined || isEmptied) return undefined;
  const splices: Splice[] = [];
  let end = lineEnd(text, last.end);
  for (const entry of entries) {
    const { name, node } = entry;
    const isGone = after[name] === undefined;
    const edits = isGone
      ? removeEntry(place, entry, entry === first)
      : (editNode(place, node, before[name], after[name], false) ??
        rewriteEntry(place, entry, (source) => rewrite(source, { [name]: after[name] }, layout)));
    if (edits === undefined) return undefined;
    splices.push(...edits);
    if (isGone && entry === last) end = edits[0]?.end ?? end;
  }
  if (added.length > 0) {
    const lines = added.map(([name, value]) => emit({ [name]: value }, layout)).join('');
    splices.push(replacement(text, end, end, indent(lines, columnOf(text, first.start))));
  }
  return splices;
}

function editItems(
  place: Place,
  list: YAMLSeq,
  before: readonly unknown[],
  after: readonly unknown[],
): readonly Splice[] | undefined {
  const { text, layout } = place;
  const entries = itemsOf(text, list);
  const [first] = entries ?? [];
  const gaps = gapsBetween(before.map(keyOf), after.map(keyOf));
  if (entries === undefined || first === undefined || gaps === undefined || after.length === 0) return undefined;
  if (!isFirstInLine(text, first.start)) return undefined;
  const splices: Splice[] = [];
  for (const gap of gaps) {
    let end =
      gap.before.from === 0
        ? first.start - columnOf(text, first.start)
        : lineEnd(text, entries[gap.before.from - 1]?.end ?? 0);
    let next = gap.after.from;
    for (const [at, entry] of entries.slice(gap.before.from, gap.before.to).entries()) {
      const isGone = next >= gap.after.to;
      const value = after[next++];
      const edits = isGone
        ? removeEntry(place, entry, entry === first)
        : (editNode(place, entry.node, before[gap.before.from + at], value, false) ??
          rewriteEntry(place, entry, () => emit([value], layout)));
      if (edits === undefined) return undefined;
      splices.push(...edits);
      end = lineEnd(text, entry.end);
    }
    const lines = after
      .slice(next, Math.max(next, gap.after.to))
      .map((value) => emit([value], layout))
      .join('');
    if (lines !== '') splices.push(replacement(text, end, end, indent(lines, columnOf(text, first.start))));
  }
  return splices;
}

/** Taken out whole, which an entry can be that has its lines for itself. */
function removeEntry({ text }: Place, { start, end }: Entry, isFirst: boolean): readonly Splice[] | undefined {
  if (!isFirstInLine(text, start) || !isLastInLine(text, end)) return undefined;
  return [removal(text, start, lineEnd(text, end), isFirst)];
}

/** The lines of one entry, written anew as a document of their own. */
function rewriteEntry(
  { text }: Place,
  { start, end }: Entry,
  write: (source: string) => string | undefined,
): readonly Splice[] | undefined {
  if (!isLastInLine(text, end)) return undefined;
  const column = columnOf(text, start);
  const to = lineEnd(text, end);
  const written = write(dedent(' '.repeat(column) + text.slice(start, to), column));
  return written === undefined ? undefined : [replacement(text, start, to, indent(written, column).slice(column))];
}

function defined(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, item]) => item !== undefined);
}

function isSame(a: unknown, b: unknown): boolean {
  return keyOf(a) === keyOf(b);
}

/** The same text for the same value, whatever the order of its fields. */
function keyOf(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    isObject(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
  );
}
