import fc, { type GeneratorValue } from 'fast-check';
import { isObject } from '../../../../constructs/schema/explain/explain.ts';

export type Value = string | number | boolean | readonly Value[] | Tree;
export interface Tree {
  readonly [name: string]: Value;
}

/** A line and the path of what it says, comments above and beside it included. */
export interface OwnedLine {
  readonly text: string;
  readonly owner: string;
}

const NAMES = ['alpha', 'beta', 'gamma', 'delta', 'on', 'a b', 'x.y', '12'];
const WORDS = ['a', 'one', 'yes', '12', '0o14', 'a: b', 'x #y', "it's", '"', 'true', 'bot-alpha', 'ä', '2000m', '- a'];
const TEXTS = ['', 'a\nb\n', '{\n  "a": 1\n}\n', 'x\n\ny', ' lead', 'tail ', '\n', 'a\n\n', '# no comment'];

const anyLeaf = fc.oneof(
  fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 5 }).map((words) => words.join(' ')),
  fc.constantFrom(...TEXTS),
  fc.integer({ min: -5, max: 99_999 }),
  fc.boolean(),
);

function pick<T>(g: GeneratorValue, ...choices: readonly T[]): T {
  return choices[g(fc.nat, { max: choices.length - 1 })] as T;
}

/** A tree of mappings, lists and leaves, as deep as records are. */
export function anyTree(g: GeneratorValue, depth = 0): Tree {
  const names = g(fc.uniqueArray, fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 }) as string[];
  return Object.fromEntries(names.map((name) => [name, anyValue(g, depth + 1)]));
}

function anyValue(g: GeneratorValue, depth: number): Value {
  const kind = g(fc.nat, { max: depth > 3 ? 4 : 8 });
  if (kind <= 4) return g(() => anyLeaf);
  if (kind <= 6) return anyTree(g, depth);
  const size = g(fc.integer, { min: 1, max: 3 });
  return Array.from({ length: size }, () => (kind === 7 ? g(() => anyLeaf) : anyTree(g, depth + 2)));
}

/** Another tree that has some of the first in it. */
export function changed(g: GeneratorValue, tree: Tree, depth = 0): Tree {
  const kept = Object.entries(tree).flatMap(([name, value]): [string, Value][] => {
    const fate = g(fc.nat, { max: 5 });
    if (fate === 0) return [];
    if (fate === 1) return [[name, anyValue(g, depth + 1)]];
    if (Array.isArray(value)) return [[name, fate === 2 ? changedList(g, value, depth + 1) : value]];
    return [[name, isTree(value) ? changed(g, value, depth + 1) : value]];
  });
  const added = g(fc.boolean) ? Object.entries(anyTree(g, depth + 1)) : [];
  return { ...Object.fromEntries(kept), ...Object.fromEntries(added.filter(([name]) => tree[name] === undefined)) };
}

function changedList(g: GeneratorValue, list: readonly Value[], depth: number): Value[] {
  const kept = list.filter(() => g(fc.nat, { max: 3 }) > 0);
  const items = kept.map((item) => (isTree(item) && g(fc.boolean) ? changed(g, item, depth) : item));
  return g(fc.boolean) ? [...items, anyValue(g, depth)] : items;
}

export function isTree(value: unknown): value is Tree {
  return isObject(value);
}

/** A tree as a person might have written it: no two fields in the same style. */
export function writeByHand(g: GeneratorValue, tree: Tree): readonly OwnedLine[] {
  return writeFields(g, tree, '', '');
}

function writeFields(g: GeneratorValue, tree: Tree, indent: string, path: string): OwnedLine[] {
  return Object.entries(tree).flatMap(([name, value]) => {
    const owner = `${path}/${name}`;
    return [...above(g, indent, owner), ...writeValue(g, `${indent}${quotedName(g, name)}:`, value, indent, owner)];
  });
}

/** What stands on the lines above an entry. */
function above(g: GeneratorValue, indent: string, owner: string): OwnedLine[] {
  const comment = { text: `${indent}# about ${owner}`, owner };
  const blank = { text: '', owner: '' };
  return pick<OwnedLine[]>(g, [], [], [blank], [comment], [blank, comment], [comment, comment]);
}

function quotedName(g: GeneratorValue, name: string): string {
  return name === '12' ? "'12'" : pick(g, name, name, JSON.stringify(name), `'${name}'`);
}

/** A value behind `head`, which is a field name with its colon or a dash. */
function writeValue(g: GeneratorValue, head: string, value: Value, indent: string, owner: string): OwnedLine[] {
  const beside = () => pick(g, '', '', ' # beside', '   # far  beside');
  const space = pick(g, ' ', ' ', '   ');
  const deeper = indent + ' '.repeat(g(fc.integer, { min: 2, max: 4 }));
  if (Array.isArray(value) || isTree(value)) {
    if (!isEmpty(value) && g(fc.nat, { max: 3 }) > 0) {
      const inside = Array.isArray(value)
        ? writeItems(g, value, head.endsWith('-') || g(fc.boolean) ? deeper : indent, owner)
        : writeFields(g, value, deeper, owner);
      return [{ text: head + beside(), owner: Array.isArray(value) ? owner : `${owner}/` }, ...inside];
    }
    return [{ text: `${head}${space}${JSON.stringify(value)}${beside()}`, owner }];
  }
  const lines = writeLeaf(g, value as string | number | boolean, deeper);
  const [first = '', ...rest] = lines;
  const isText = /^[|>]/.test(first) || rest.length === 0;
  return [
    { text: `${head}${space}${first}${isText ? beside() : ''}`, owner },
    ...rest.map((text) => ({ text, owner })),
  ];
}

function isEmpty(value: Tree | readonly Value[]): boolean {
  return Object.keys(value).length === 0;
}

/** Lines of a list belong to the list as a whole: an item has no name to be known by. */
function writeItems(g: GeneratorValue, items: readonly Value[], indent: string, owner: string): OwnedLine[] {
  return items.flatMap((item) => {
    const lines = [...above(g, indent, owner), ...writeItem(g, item, indent, owner)];
    return lines.map(({ text }) => ({ text, owner: text === '' ? '' : owner }));
  });
}

function writeItem(g: GeneratorValue, item: Value, indent: string, owner: string): OwnedLine[] {
  if (!isTree(item) || isEmpty(item) || g(fc.boolean)) return writeValue(g, `${indent}-`, item, indent, owner);
  const [first, ...rest] = writeFields(g, item, `${indent}  `, owner).filter(
    ({ text }, at) => at > 0 || text.trim() !== '',
  );
  if (first === undefined || first.text.trim().startsWith('#')) return writeValue(g, `${indent}-`, item, indent, owner);
  return [{ text: `${indent}- ${first.text.trimStart()}`, owner }, ...rest];
}

/** A text in any of the styles that can hold it; the first line stands behind the colon. */
function writeLeaf(g: GeneratorValue, value: string | number | boolean, indent: string): string[] {
  if (typeof value !== 'string') return [String(value)];
  const styles: string[][] = [[JSON.stringify(value)]];
  if (!value.includes('\n')) styles.push([`'${value.replaceAll("'", "''")}'`]);
  if (/^[a-z][a-z-]*( [a-z-]+)*$/.test(value) && !/^(yes|true|on)$/.test(value)) {
    styles.push(
      [value],
      value.split(' ').map((word, at) => (at === 0 ? word : indent + word)),
    );
  }
  if (/^\S+( \S+)*$/.test(value)) {
    styles.push(['>-', ...value.split(' ').map((word) => indent + word)], ['|-', indent + value]);
  }
  if (/^[^\s].*\n$/s.test(value) && !value.endsWith('\n\n')) {
    styles.push([
      '|',
      ...value
        .slice(0, -1)
        .split('\n')
        .map((line) => (line === '' ? '' : indent + line)),
    ]);
  }
  return styles[g(fc.nat, { max: styles.length - 1 })] ?? [];
}
