import { Document, isCollection, isMap, isScalar, parseDocument, Scalar, visit, type ToStringOptions } from 'yaml';
import { isObject } from '../explain/explain.ts';
import type { Step } from '../explain/field-path.ts';
import { documentText } from '../yaml/library-yaml.ts';

/** Quotes also what only an older reader would take for something else: `yes`, `0o14`, `12:30`. */
const READERS = { version: '1.2', compat: 'yaml-1.1', aliasDuplicateObjects: false } as const;

/** How a text lays out what it holds. */
export interface Layout extends Pick<ToStringOptions, 'indent' | 'indentSeq'> {
  /** Quotes texts with blank lines at their end: as a block such a text takes the blank lines below it for its own. */
  readonly quotesBlankEnds?: boolean;
}

const STYLE: ToStringOptions = { blockQuote: 'literal' };

/** A value as YAML of its own. */
export function emit(value: unknown, layout: Layout = {}): string {
  return textOf(new Document(value, READERS), layout);
}

/** A scalar as it stands in one line, in the quotes that the old one had where they fit; undefined if it needs more. */
export function inlineScalar(value: unknown, like: Scalar, isInFlow: boolean): string | undefined {
  if (!isInFlow && typeof value === 'string' && value.includes('\n')) return undefined;
  const node = new Scalar(value);
  if (isQuoted(like) && like.type !== undefined) node.type = like.type;
  const document = new Document([], READERS);
  const list = document.createNode([node]);
  list.flow = isInFlow;
  document.contents = list;
  const text = documentText(document, STYLE).trimEnd();
  if (text.includes('\n')) return undefined;
  return isInFlow ? text.slice(1, -1).trim() : text.slice('- '.length);
}

/**
 * The text with another value, written anew by the library: comments, order and quotes are kept, while spaces, folds and
 * the width of indentation become its own. Undefined for a text that is no plain mapping.
 */
export function rewrite(text: string, value: object, layout: Layout = {}): string | undefined {
  const document = parseDocument(text, { ...READERS, schema: 'core', prettyErrors: false, logLevel: 'silent' });
  if (document.errors.length > 0 || !isMap(document.contents)) return undefined;
  update(document, [], document.toJS() as unknown, value);
  return textOf(document, layout);
}

function textOf(document: Document, { quotesBlankEnds, ...layout }: Layout): string {
  if (quotesBlankEnds === true) {
    visit(document, {
      Scalar: (_, node) => {
        if (typeof node.value === 'string' && node.value.endsWith('\n\n')) node.type = Scalar.QUOTE_DOUBLE;
      },
    });
  }
  return documentText(document, { ...STYLE, ...layout });
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
  else {
    const made = document.createNode(after, { aliasDuplicateObjects: false });
    if (isCollection(node) && isCollection(made) && node.flow === true) made.flow = true;
    document.setIn(path, made);
  }
}

/** Keeps the comment beside the value, and its quotes where they still fit. */
function replaceScalar(node: Scalar, value: unknown): void {
  node.value = value;
  const isLines = typeof value === 'string' && value.includes('\n');
  if (!isQuoted(node) || isLines) delete node.type;
  delete node.source;
}

function isQuoted(node: Scalar): boolean {
  return node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE;
}
