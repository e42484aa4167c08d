import type { TSchema } from 'typebox';
import { isScalar, parseAllDocuments } from 'yaml';
import type { BotInstance } from '../bot-instance.ts';
import { fleetIssues } from '../check/check-fleet.ts';
import { localConfigIssues, recordIssues } from '../check/check-record.ts';
import { API_VERSION } from '../common.ts';
import { explain, isObject } from '../explain/explain.ts';
import type { Fleet } from '../fleet.ts';
import { fieldOf } from '../explain/field-path.ts';
import { problemsOf, type Issue } from '../explain/issue.ts';
import { maskLeaks } from '../check/leaks.ts';
import type { Problem } from '../problem.ts';
import { decodeSource, MAX_DOCUMENT_BYTES, placeAt, sourceOf } from '../source.ts';
import { TombstoneSchema, type Tombstone } from '../tombstone.ts';
import { nodeAt, offsetOf, valueOf, type YamlDocument } from './yaml-value.ts';
import { yamlMessage } from './yaml-message.ts';
import { isTooManyTokens, MAX_TOKENS } from './yaml-tokens.ts';

export type Bytes = Uint8Array | string;

/** A document of which only the text is known to be sound: one mapping without YAML's surprises. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly value: unknown;
  /** The problem that an issue is, with its line, column and source line. */
  readonly locate: (issue: Issue) => Problem;
}

export type ReadResult = { readonly ok: true; readonly source: Source } | Refused;

/** Of a refused document nothing is handed on (it may hold a key in clear text) but the name that it gives itself. */
interface Refused {
  readonly ok: false;
  readonly problems: readonly Problem[];
  readonly name?: string;
}

export type ParseResult<Key extends string, T> =
  ({ readonly ok: true; readonly source: Source } & Readonly<Record<Key, T>>) | Refused;

/** The record in a file `instances/<name>.yaml`. Never throws on content; every problem has its place. */
export function parseRecord(bytes: Bytes, path: string): ParseResult<'record', BotInstance> {
  return parse(bytes, path, 'BotInstance', recordIssues, (record: BotInstance) => ({ record }));
}

/** claworc.yaml. */
export function parseFleet(bytes: Bytes, path: string): ParseResult<'fleet', Fleet> {
  return parse(bytes, path, 'Fleet', fleetIssues, (fleet: Fleet) => ({ fleet }));
}

/** `tombstones/<name>.yaml`. */
export function parseTombstone(bytes: Bytes, path: string): ParseResult<'tombstone', Tombstone> {
  const issues = (value: unknown): readonly Issue[] => {
    const shape = explain(TombstoneSchema satisfies TSchema, value);
    return shape.length > 0 ? shape : localConfigIssues((value as Tombstone).metadata.annotations);
  };
  return parse(bytes, path, 'Tombstone', issues, (tombstone: Tombstone) => ({ tombstone }));
}

function parse<Key extends string, T>(
  bytes: Bytes,
  path: string,
  kind: string,
  issuesOf: (value: unknown) => readonly Issue[],
  wrap: (value: T) => Readonly<Record<Key, T>>,
): ParseResult<Key, T> {
  const read = readSource(bytes, path);
  if (!read.ok) return read;
  const { source } = read;
  const foreign = kindIssues(source.value, kind);
  const issues = foreign.length > 0 ? foreign : issuesOf(source.value);
  if (issues.length > 0) {
    return { ok: false, problems: problemsOf(issues, source.locate), ...nameIn(source.value) };
  }
  return { ok: true, source, ...wrap(source.value as T) };
}

/** A document of another kind is told so first: nothing else about it would make sense. */
function kindIssues(value: unknown, kind: string): readonly Issue[] {
  if (!isObject(value)) return [{ path: [], on: 'value', message: `must be a ${kind}: a mapping with kind and spec` }];
  const issues: Issue[] = [];
  if (value.kind !== undefined && value.kind !== kind) {
    issues.push({ path: ['kind'], on: 'value', message: `must be ${kind} in this folder` });
  }
  if (value.apiVersion !== undefined && value.apiVersion !== API_VERSION) {
    issues.push({ path: ['apiVersion'], on: 'value', message: `must be ${API_VERSION}` });
  }
  return issues;
}

/**
 * The one reader of YAML that others wrote, by the rules for documents of people: UTF-8, at most `maxBytes` (64 KiB), one
 * document, nothing but plain values, and a number of parts that is read within milliseconds.
 */
export function readSource(bytes: Bytes, file: string, maxBytes = MAX_DOCUMENT_BYTES): ReadResult {
  const decoded = decodeSource(bytes, file, maxBytes);
  if (!decoded.ok) return { ok: false, problems: [decoded.problem] };
  const { text } = decoded;
  const at = (offset: number, field: string, message: string): Problem => {
    const { line, column } = placeAt(text, offset);
    return {
      file,
      line,
      column,
      field: maskLeaks(field),
      message: maskLeaks(message),
      ...sourceOf(text, line, column),
    };
  };
  if (isTooManyTokens(text)) {
    const message = `has too many parts: at most ${MAX_TOKENS} words, signs and line ends are read`;
    return { ok: false, problems: [{ file, line: 1, column: 1, field: '', message }] };
  }
  const documents = parseAllDocuments(text, {
    version: '1.2',
    schema: 'core',
    // Our own check is linear and names the place of the second key.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  }) as YamlDocument[];
  const [document, second] = documents;
  if (document === undefined || (isNothing(document) && document.errors.length === 0)) {
    return { ok: false, problems: [{ file, line: 1, column: 1, field: '', message: 'is empty' }] };
  }
  const error = documents.flatMap(({ errors }) => errors)[0];
  if (error !== undefined) return { ok: false, problems: [at(error.pos[0], '', yamlMessage(error))] };
  if (second !== undefined) {
    const offset = text.indexOf('---', document.contents?.range[1] ?? 0);
    return { ok: false, problems: [at(Math.max(offset, 0), '', 'holds a second document; one file is one document')] };
  }
  const directive = /^%/m.exec(text.slice(0, document.contents?.range[0] ?? 0));
  if (directive !== null) return { ok: false, problems: [at(directive.index, '', 'directives are not read')] };
  const { value, issues } = valueOf(document);
  if (issues.length > 0) {
    return {
      ok: false,
      problems: problemsOf(issues, ({ offset, path, message }) => at(offset, fieldOf(path), message)),
      ...nameIn(value),
    };
  }
  const locate = (issue: Issue): Problem => {
    const inside = issue.within === undefined ? undefined : placeInside(document, text, issue);
    const offset = inside ?? offsetOf(document, issue.path, issue.on);
    return at(offset, fieldOf(issue.path), issue.message);
  };
  return { ok: true, source: { file, text, value, locate } };
}

function isNothing({ contents }: YamlDocument): boolean {
  return contents === null || (isScalar(contents) && contents.source === '');
}

function nameIn(value: unknown): { readonly name?: string } {
  const metadata = isObject(value) ? value.metadata : undefined;
  const name = isObject(metadata) ? metadata.name : undefined;
  return typeof name === 'string' ? { name } : {};
}

/** The offset in the file of a place inside a block text. Other styles of text have no lines of their own. */
function placeInside(document: YamlDocument, text: string, { path, within }: Issue): number | undefined {
  const node = nodeAt(document, path);
  if (within === undefined || !isScalar(node) || node.type !== 'BLOCK_LITERAL' || typeof node.value !== 'string') {
    return undefined;
  }
  const lines = text.slice(node.range?.[0] ?? 0).split('\n');
  const written = lines[within.line];
  const read = node.value.split('\n')[within.line - 1];
  if (written === undefined || read === undefined) return undefined;
  const before = lines.slice(0, within.line).join('\n').length + 1;
  const indent = Math.max(0, written.length - read.length);
  return (node.range?.[0] ?? 0) + before + indent + within.column - 1;
}

/** Largest rendered file: a config of 64 KiB, indented. */
const MAX_MANIFEST_BYTES = 262_144;

/** The value of a rendered file as it lies in dist/, where anybody may have made it into anything; null if it is not YAML. */
export function manifestValue(text: string): unknown {
  const read = readManifest(text, 'dist');
  return read.ok ? read.source.value : null;
}

/** A file under dist/, by the rules of `readSource` but for its size. */
export function readManifest(bytes: Bytes, file: string): ReadResult {
  return readSource(bytes, file, MAX_MANIFEST_BYTES);
}
