import type { Fleet, Problem, Tombstone } from '../schema/index.ts';
import {
  parseFleet,
  parseRecord,
  parseTombstone,
  type ParseResult,
  type Source,
} from '../schema/yaml/parse-document.ts';
import { leakProblems } from './leak-scan.ts';
import { renderedFile, type FileContent, type RenderedFile } from './rendered-file.ts';
import type { RecordEntry, SealedKeyFile } from './repo.ts';
import { placeOf } from './paths.ts';
import { parseSealedFile } from './sealed-file.ts';

type Memo<T> = WeakMap<Uint8Array, { readonly path: string; readonly result: T }>;

const records: Memo<ReadRecord> = new WeakMap();
const sealedKeys: Memo<ReadSealed> = new WeakMap();
const fleets: Memo<ReadFleet> = new WeakMap();
const tombstones: Memo<ReadTombstone> = new WeakMap();
const rendered = new WeakMap<Uint8Array, RenderedFile>();

/** Reads one file so that `readRepo` finds it read already; for whoever can't let all files be read in one go. */
export function readAhead(path: string, bytes: FileContent): void {
  if (!(bytes instanceof Uint8Array)) return;
  const place = placeOf(path);
  if (place.kind === 'fleet') readFleet(path, bytes);
  else if (place.kind === 'record') readRecord(path, bytes, place.name);
  else if (place.kind === 'tombstone') readTombstone(path, bytes);
  else if (place.kind === 'key') readSealed(path, bytes, place.scope, place.slug);
  else if (place.kind === 'manifest') readRendered(bytes);
}

export interface ReadFleet {
  readonly parsed: ParseResult<'fleet', Fleet>;
  readonly leaks: readonly Problem[];
}

/** claworc.yaml. */
export function readFleet(path: string, bytes: Uint8Array): ReadFleet {
  return once(fleets, path, bytes, () => ({ parsed: parseFleet(bytes, path), leaks: leakProblems(bytes, path) }));
}

type ReadTombstone = ParseResult<'tombstone', Tombstone>;

export function readTombstone(path: string, bytes: Uint8Array): ReadTombstone {
  return once(tombstones, path, bytes, () => parseTombstone(bytes, path));
}

const decoder = new TextDecoder();

/** A record as text. */
export function readText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** A file under dist/, whatever it is. */
export function readRendered(content: FileContent): RenderedFile {
  if (!(content instanceof Uint8Array)) return content;
  let file = rendered.get(content);
  if (file === undefined) rendered.set(content, (file = renderedFile(content)));
  return file;
}

export interface ReadRecord {
  readonly entry?: RecordEntry;
  readonly problems: readonly Problem[];
  /** The name that a broken record gives itself. */
  readonly named?: string | undefined;
}

/** The record of the instance that a file is named for. */
export function readRecord(path: string, bytes: Uint8Array, name: string): ReadRecord {
  return once(records, path, bytes, () => parseNamed(path, bytes, name));
}

function parseNamed(path: string, bytes: Uint8Array, name: string): ReadRecord {
  const parsed = parseRecord(bytes, path);
  const leaks = leakProblems(bytes, path);
  if (!parsed.ok) return { problems: [...parsed.problems, ...leaks], named: parsed.name };
  const { record, source } = parsed;
  const problems = [...wrongName(source, record.metadata.name, name), ...leaks];
  if (problems.length > 0) return { problems, named: record.metadata.name };
  return { problems, entry: { record, path, text: source.text } };
}

export interface ReadSealed {
  readonly sealed?: SealedKeyFile;
  readonly problems: readonly Problem[];
}

/** The sealed key that a file is named for. */
export function readSealed(path: string, bytes: Uint8Array, scope: string, slug: string): ReadSealed {
  return once(sealedKeys, path, bytes, () => parseSealed(path, bytes, scope, slug));
}

function parseSealed(path: string, bytes: Uint8Array, scope: string, slug: string): ReadSealed {
  const parsed = parseSealedFile(bytes, path, scope, slug);
  const problems = [...(parsed.ok ? [] : parsed.problems), ...leakProblems(bytes, path)];
  return parsed.ok && problems.length === 0 ? { sealed: parsed.sealed, problems } : { problems };
}

/** Whoever reads commit after commit hands in the same bytes for files that did not change: those are read once. */
function once<T>(memo: Memo<T>, path: string, bytes: Uint8Array, read: () => T): T {
  const known = memo.get(bytes);
  if (known?.path === path) return known.result;
  const result = read();
  memo.set(bytes, { path, result });
  return result;
}

/** A document that names itself otherwise than its file does. */
export function wrongName({ file, locate }: Source, named: string, stem: string): readonly Problem[] {
  if (named === stem) return [];
  const message = `must be ${stem}, as the file is named: ${file}`;
  return [locate({ path: ['metadata', 'name'], on: 'value', message })];
}
