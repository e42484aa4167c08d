import { isCollection, isScalar } from 'yaml';
import { commentsIn, entriesIn, type Comment, type Placed } from './comments.ts';
import { isBlock } from './entries.ts';
import { applySplices, columnOf, isFirstInLine, lineEnd, lineStart, type Splice } from './lines.ts';
import { readYaml } from './read.ts';

interface Commented {
  readonly text: string;
  readonly entries: readonly Placed[];
  readonly comments: readonly Comment[];
}

/**
 * `text` with the comments that `side` has and `base` has not, at the entry that each stood at; where that one is gone, at
 * what it was in. A comment of `base` that `side` took from an entry goes. What the text says stays as it is; where any of
 * the three is no YAML it is given back untouched.
 */
export function carryComments(text: string, base: string, side: string): string {
  const [there, before, after] = [read(text), read(base), read(side)];
  if (there === undefined || before === undefined || after === undefined) return text;
  const fresh = newOf(there, before, after);
  const gone = goneOf(there, before, after);
  if (fresh.length === 0 && gone.length === 0) return text;
  const splices = [...fresh.map((comment) => insertion(there, comment)), ...gone.map((each) => cut(text, each))];
  const carried = applySplices(text, splices);
  if (carried !== undefined && saysTheSame(carried, text)) return carried;
  const end = text.endsWith('\n') || text === '' ? text : `${text}\n`;
  return end + fresh.map((comment) => `${comment.text}\n`).join('');
}

function read(text: string): Commented | undefined {
  const document = readYaml(text);
  if (document === undefined) return undefined;
  const entries = entriesIn(text, document);
  return { text, entries, comments: commentsIn(text, entries) };
}

function saysTheSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => JSON.stringify(readYaml(text)?.toJS()));
  return a !== undefined && a === b;
}

const wordsOf = ({ text }: Comment): string => text.trimEnd();
const keyOf = (comment: Comment): string => JSON.stringify([wordsOf(comment), comment.path, comment.place]);

function countOf<T>(list: readonly T[], key: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of list) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}

/** By their words, wherever they stand: one that was only moved is not another one. */
function newOf(there: Commented, before: Commented, after: Commented): Comment[] {
  const [have, had, has] = [there, before, after].map(({ comments }) => countOf(comments, wordsOf));
  const open = new Map<string, number>();
  for (const [words, count] of has ?? []) {
    open.set(words, count - Math.max(had?.get(words) ?? 0, have?.get(words) ?? 0));
  }
  const known = new Set(before.comments.map(keyOf));
  // Those that stand where base had none of the same words come first.
  const inOrder = [...after.comments].sort((a, b) => Number(known.has(keyOf(a))) - Number(known.has(keyOf(b))));
  const fresh = inOrder.filter((comment) => {
    const left = open.get(wordsOf(comment)) ?? 0;
    open.set(wordsOf(comment), left - 1);
    return left > 0;
  });
  return fresh.sort((a, b) => a.offset - b.offset);
}

/** Only from an entry that is still there: with an entry that went its comment did not lose its sense. */
function goneOf(there: Commented, before: Commented, after: Commented): Comment[] {
  const stays = new Set(after.comments.map(wordsOf));
  const paths = new Set(after.entries.map(({ path }) => path));
  const gone = new Set(
    before.comments
      .filter((comment) => !stays.has(wordsOf(comment)) && comment.path !== undefined && paths.has(comment.path))
      .map(keyOf),
  );
  return there.comments.filter((comment) => gone.has(keyOf(comment)));
}

function cut(text: string, { offset, text: words }: Comment): Splice {
  if (isFirstInLine(text, offset)) return { start: lineStart(text, offset), end: lineEnd(text, offset + 1), text: '' };
  const before = text.slice(0, offset).trimEnd().length;
  return { start: before, end: offset + words.length, text: '' };
}

function insertion(there: Commented, comment: Comment): Splice {
  const { text, entries } = there;
  const entry = nearest(entries, comment.path);
  const words = wordsOf(comment);
  if (entry === undefined) return { start: text.length, end: text.length, text: onOwnLine(text, words) };
  const isThere = entry.path === comment.path;
  if (isThere && comment.place === 'beside') {
    const end = besideOf(there, entry);
    if (end !== undefined) return { start: end, end, text: ` ${words}` };
  }
  if (isThere && comment.place === 'below') {
    const at = lineEnd(text, entry.end);
    const line = `${' '.repeat(columnOf(text, entry.start))}${words}\n`;
    return { start: at, end: at, text: text.slice(0, at).endsWith('\n') ? line : `\n${line}` };
  }
  const at = lineStart(text, entry.start);
  const column = text.slice(at).search(/\S/);
  return { start: at, end: at, text: `${' '.repeat(column)}${words}\n` };
}

function onOwnLine(text: string, words: string): string {
  return text === '' || text.endsWith('\n') ? `${words}\n` : `\n${words}\n`;
}

/** The entry itself, or what it was in. */
function nearest(entries: readonly Placed[], path: string | undefined): Placed | undefined {
  let steps = path === undefined ? [] : (JSON.parse(path) as string[]);
  while (steps.length > 0) {
    const wanted = JSON.stringify(steps);
    const found = entries.find((entry) => entry.path === wanted);
    if (found !== undefined) return found;
    steps = steps.slice(0, -1);
  }
  return undefined;
}

/** Where a comment fits beside an entry; undefined where one is there, or the entry goes over lines. */
function besideOf({ text, comments }: Commented, { node, start, end }: Placed): number | undefined {
  const close = lineEnd(text, start);
  if (comments.some(({ offset }) => offset >= start && offset < close)) return undefined;
  const isLine = isScalar(node) ? !isBlock(node) : isCollection(node) && node.flow === true;
  return isLine && end < close && text.slice(end, close).trim() === '' ? end : undefined;
}
