import { isMap, isSeq, Lexer, type Node } from 'yaml';
import type { YamlDocument } from '../yaml/yaml-value.ts';
import { fieldsOf, itemsOf, type Entry } from './entries.ts';
import { columnOf, isFirstInLine } from './lines.ts';

/** A comment, and the entry that it stands at. */
export interface Comment {
  /** From its `#` to the end of its line. */
  readonly text: string;
  readonly offset: number;
  /** `above` and `below` have lines of their own. */
  readonly place: 'above' | 'beside' | 'below';
  /** Of the entry, as `Placed.path`; undefined in a text without entries. */
  readonly path: string | undefined;
}

/** An entry with the names and numbers that lead to it, written so that two of them can be compared. */
export interface Placed extends Entry {
  readonly path: string;
  /** Of what it stands in. */
  readonly above: string;
}

/** Marks that the lexer puts between what it read, and that are not in the text. */
const MARKS: ReadonlySet<string> = new Set(['\u0002', '\u0018', '\u001f']);

/** Every comment of a document, in order. A `#` inside a text is none. */
export function commentsIn(text: string, entries: readonly Placed[]): readonly Comment[] {
  const comments: Comment[] = [];
  let offset = 0;
  let next = 0;
  for (const token of new Lexer().lex(text)) {
    if (MARKS.has(token)) continue;
    if (token.startsWith('#')) {
      while (next < entries.length && (entries[next]?.start ?? 0) < offset) next += 1;
      comments.push({ text: token, offset, ...placeOf(text, offset, entries[next - 1], entries[next]) });
    }
    offset += token.length;
  }
  return comments;
}

function placeOf(
  text: string,
  offset: number,
  before: Placed | undefined,
  after: Placed | undefined,
): Pick<Comment, 'place' | 'path'> {
  if (!isFirstInLine(text, offset)) return { place: 'beside', path: before?.path };
  const isDeeper = after === undefined || columnOf(text, offset) > columnOf(text, after.start);
  // What is commented out at the end of a block is indented as the block is.
  if (isDeeper && before !== undefined) return { place: 'below', path: before.path };
  return { place: 'above', path: after?.path };
}

/** Every entry of the blocks of a document, in the order of the text. */
export function entriesIn(text: string, { contents }: YamlDocument): readonly Placed[] {
  const entries: Placed[] = [];
  visit(text, contents, [], entries);
  return entries;
}

function visit(text: string, node: Node | null, steps: readonly string[], entries: Placed[]): void {
  if (!isMap(node) && !isSeq(node)) return;
  if (node.flow === true) return;
  const inside = isMap(node) ? fieldsOf(text, node) : itemsOf(text, node);
  for (const entry of inside ?? []) {
    const path = [...steps, entry.name];
    entries.push({ ...entry, path: JSON.stringify(path), above: JSON.stringify(steps) });
    visit(text, entry.node, path, entries);
  }
}
