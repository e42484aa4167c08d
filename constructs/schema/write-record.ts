import { Document, isMap, isScalar, parseDocument, Scalar, type ToStringOptions } from 'yaml';
import type { BotInstance } from './bot-instance.ts';
import { isObject } from './explain.ts';
import { documentText } from './library-yaml.ts';
import type { Fleet } from './fleet.ts';
import type { Step } from './issue.ts';
import type { Tombstone } from './tombstone.ts';

const STYLE: ToStringOptions = { blockQuote: 'literal' };

/** Quotes also what only an older reader would take for something else: `yes`, `0o14`, `12:30`. */
const READERS = { version: '1.2', compat: 'yaml-1.1', aliasDuplicateObjects: false } as const;

type AnyDocument = BotInstance | Fleet | Tombstone;

/**
 * A record, fleet or tombstone as YAML. With the text that is there now, only what differs is touched: comments, blank
 * lines, order and quotes of everything else stay (spaces inside lines are put in order). `parseRecord(writeRecord(x))` is `x` again, to the byte of its config.
 */
export function writeRecord(record: AnyDocument, previousText?: string): string {
  const previous = previousText === undefined ? undefined : editable(previousText);
  if (previous === undefined) return documentText(new Document(record, READERS), STYLE);
  update(previous, [], previous.toJS() as unknown, record);
  return documentText(previous, STYLE);
}

/** The text as a tree that keeps comments; undefined for text that is no plain mapping. */
function editable(text: string): Document | undefined {
  const document = parseDocument(text, { ...READERS, schema: 'core', prettyErrors: false, logLevel: 'silent' });
  return document.errors.length === 0 && isMap(document.contents) ? document : undefined;
}

function update(document: Document, path: readonly Step[], before: unknown, after: unknown): void {
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  if (isObject(before) && isObject(after) && isMap(document.getIn(path, true))) {
    for (const name of Object.keys(before)) {
      if (after[name] === undefined) document.deleteIn([...path, name]);
    }
    for (const [name, value] of Object.entries(after)) {
      if (value !== undefined) update(document, [...path, name], before[name], value);
    }
    return;
  }
  const node: unknown = document.getIn(path, true);
  if (isScalar(node) && typeof after !== 'object') replaceScalar(node, after);
  else document.setIn(path, document.createNode(after, { aliasDuplicateObjects: false }));
}

/** Keeps the comment beside the value, and its quotes where they still fit. */
function replaceScalar(node: Scalar, value: unknown): void {
  node.value = value;
  const quoted = node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE;
  const isLines = typeof value === 'string' && value.includes('\n');
  if (!quoted || isLines) delete node.type;
  delete node.source;
}
