import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type Pair, type ParsedNode } from 'yaml';
import type { Step } from '../explain/field-path.ts';

export type YamlDocument = Document.Parsed | Document<ParsedNode>;

/** A finding in the text itself: what no schema can say because the parsed value no longer shows it. */
export interface TextIssue {
  readonly offset: number;
  readonly path: readonly Step[];
  readonly message: string;
}

export interface YamlValue {
  readonly value: unknown;
  readonly issues: readonly TextIssue[];
}

/** Deeper than any of our documents goes; what is deeper is refused before it can exhaust anything. */
const MAX_DEPTH = 20;

/**
 * A document as plain values: strings, numbers, booleans, null, arrays and objects with string keys.
 * Anchors, aliases, tags, merge keys, keys that are not text and keys given twice are issues: each of them makes a
 * document say something else than what a reviewer sees.
 */
export function valueOf(document: YamlDocument): YamlValue {
  const issues: TextIssue[] = [];
  const value = convert(document.contents, [], issues);
  return { value, issues };
}

function convert(node: Node | null, path: readonly Step[], issues: TextIssue[]): unknown {
  if (node === null) return null;
  const say = (message: string) => issues.push({ offset: node.range?.[0] ?? 0, path, message });
  if (isAlias(node)) return void say(`*${node.source} is an alias; write the value out`);
  if (path.length > MAX_DEPTH) return void say(`is nested deeper than ${MAX_DEPTH} levels`);
  if (isScalar(node) || isMap(node) || isSeq(node)) {
    if (node.anchor !== undefined) say(`&${node.anchor} is an anchor; anchors and aliases are not read`);
    if (node.tag !== undefined) say(`${shortTag(node.tag)} is a tag; tags are not read`);
  }
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item, index) => convert(item as Node | null, [...path, index], issues));
  if (isMap(node)) return convertMap(node.items as Pair<Node, Node | null>[], path, issues);
  return void say('cannot be read');
}

function convertMap(
  pairs: readonly Pair<Node, Node | null>[],
  path: readonly Step[],
  issues: TextIssue[],
): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const { key, value: item } of pairs) {
    const offset = key.range?.[0] ?? item?.range?.[0] ?? 0;
    const name = isScalar(key) ? key.value : undefined;
    if (typeof name !== 'string') {
      issues.push({ offset, path, message: isAlias(key) ? 'an alias is no field name' : notText(name) });
      continue;
    }
    const below = [...path, name];
    if (isScalar(key) && (key.anchor !== undefined || key.tag !== undefined)) {
      issues.push({ offset, path: below, message: 'a field name has neither anchor nor tag' });
    } else if (FORBIDDEN.has(name)) {
      issues.push({ offset, path: below, message: `${JSON.stringify(name)} is not allowed as a field name` });
    } else if (Object.hasOwn(value, name)) {
      issues.push({ offset, path: below, message: `${JSON.stringify(name)} is given twice` });
    } else {
      value[name] = convert(item, below, issues);
    }
  }
  return value;
}

/** `<<` merges maps in YAML 1.1; the others reach into JavaScript's own objects. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype', '<<']);

function notText(name: unknown): string {
  if (name === undefined) return 'a field name must be text, not a mapping or a list';
  return `the field name ${JSON.stringify(name)} must be text; write it in quotes`;
}

function shortTag(tag: string): string {
  return tag.replace(/^tag:yaml\.org,2002:/, '!!');
}

/** The offset of a key or value in the text; of the nearest thing around it where that place does not exist. */
export function offsetOf(document: YamlDocument, path: readonly Step[], on: 'key' | 'value'): number {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1;
    if (isMap(node)) {
      const pair = (node.items as Pair<Node, Node | null>[]).find(({ key }) => isScalar(key) && key.value === step);
      if (pair === undefined) return offset;
      const key = pair.key.range?.[0] ?? offset;
      const start = pair.value?.range?.[0];
      // A missing field below a mapping is shown at the mapping's own name, not at its first entry.
      offset = !last || on === 'key' || start === undefined || isEmptyRange(pair.value) ? key : start;
      node = pair.value;
    } else if (isSeq(node) && typeof step === 'number') {
      node = (node.items[step] as Node | undefined) ?? null;
      offset = node?.range?.[0] ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

function isEmptyRange(node: Node | null): boolean {
  return node?.range === undefined || node.range === null || node.range[0] === node.range[1];
}

/** The node at a path, or null. */
export function nodeAt(document: YamlDocument, path: readonly Step[]): Node | null {
  const node: unknown = document.getIn(path, true);
  return isScalar(node) || isMap(node) || isSeq(node) ? node : null;
}
