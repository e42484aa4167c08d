import { readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keysInUse, type Repo, type SynthResult } from '../../../constructs/repo/index.ts';
import { digestsOf, renderedFile } from '../../../constructs/repo/rendered-file.ts';
import { manifestPath } from '../../../constructs/repo/paths.ts';
import type { Folder } from '../../../constructs/repo/repo.ts';
import type { BotInstance } from '../../../constructs/schema/index.ts';
import { makeFolder } from '../../lib/make-folder.ts';
import { digest, programDigest } from './program-digest.ts';

/**
 * Remembers, outside the checkout, what each unit of it was rendered from and to. It never decides what is written:
 * a unit counts as current only if its inputs and every byte of its rendered files are those of a rendering that
 * this very program made. Losing it costs time.
 */
export interface SynthCache {
  readonly recall: (path: string, bytes: Uint8Array) => BotInstance | undefined;
  readonly isCurrent: (repo: Repo, unit: string) => boolean;
  /** Remembers what was rendered and has been written. Does nothing where the folder cannot be written. */
  readonly save: (repo: Repo, result: SynthResult) => void;
}

interface Entry {
  /** Digest of the record's file, and the record that it was read as. */
  readonly source: string;
  readonly record: BotInstance;
  readonly inputs: string;
  readonly output: string;
}

interface CacheFile {
  readonly program: string;
  readonly units: Readonly<Record<string, Entry>>;
}

/** `folder` is the checkout, `cacheFolder` where caches of all checkouts are kept; it need not exist. */
export function openSynthCache(folder: string, cacheFolder: string, program = programDigest()): SynthCache {
  const file = join(cacheFolder, `synth-${digest([realpathSync(folder)]).slice(0, 16)}.json`);
  const known = readCache(file, program);
  const recalled = new Map<string, string>();
  return {
    recall: (path, bytes) => {
      const source = digest([bytes]);
      recalled.set(path, source);
      const entry = known.get(path);
      return entry?.source === source ? entry.record : undefined;
    },
    isCurrent: (repo, unit) => {
      const path = repo.records.get(unit)?.path ?? '';
      const entry = known.get(path);
      return (
        entry !== undefined &&
        entry.source === recalled.get(path) &&
        entry.inputs === inputsOf(repo, unit) &&
        entry.output === digestOfFolder(repo.dist.get(unit) ?? new Map())
      );
    },
    save: (repo, result) => {
      const units: Record<string, Entry> = {};
      for (const { name, action } of result.summary) {
        const entry = repo.records.get(name);
        const source = recalled.get(entry?.path ?? '');
        if (entry === undefined || source === undefined || action === 'held') continue;
        const output = digestOfFolder(writtenFolder(repo, name, result));
        units[entry.path] = { source, record: entry.record, inputs: inputsOf(repo, name), output };
      }
      writeCache(cacheFolder, file, { program, units });
    },
  };
}

function inputsOf(repo: Repo, unit: string): string {
  const record = repo.records.get(unit);
  return digest([record?.text ?? '', repo.fleetText ?? '', JSON.stringify(keysInUse(repo, unit))]);
}

/** The unit's rendered files as they are once the changes are written. */
function writtenFolder(repo: Repo, unit: string, { changes }: SynthResult): Folder {
  const folder = new Map(repo.dist.get(unit));
  const prefix = manifestPath(unit, '');
  for (const [path, text] of changesOf(changes, prefix)) {
    if (text === null) folder.delete(path.slice(prefix.length));
    else folder.set(path.slice(prefix.length), renderedFile(text));
  }
  return folder;
}

const grouped = new WeakMap<SynthResult['changes'], Map<string, [string, string | null][]>>();

/** Changes by folder, sorted out once for all units. */
function changesOf(changes: SynthResult['changes'], prefix: string): readonly [string, string | null][] {
  let folders = grouped.get(changes);
  if (folders === undefined) {
    folders = Map.groupBy(changes, ([path]) => path.slice(0, path.lastIndexOf('/') + 1));
    grouped.set(changes, folders);
  }
  return folders.get(prefix) ?? [];
}

function digestOfFolder(folder: Folder): string {
  return digest(digestsOf(folder));
}

/** Entries by path of their record. A cache of another program, or one that cannot be read, is empty. */
function readCache(file: string, program: string): ReadonlyMap<string, Entry> {
  try {
    const cache = JSON.parse(readFileSync(file, 'utf8')) as CacheFile;
    return new Map(cache.program === program ? Object.entries(cache.units) : []);
  } catch {
    return new Map();
  }
}

function writeCache(folder: string, file: string, cache: CacheFile): void {
  try {
    makeFolder(folder, 0o700);
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(cache), { mode: 0o600 });
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // No home folder, no room, read-only: the next run renders again.
  }
}
