import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { FLEET_PATH, type RepoFiles } from '../../../constructs/repo/index.ts';
import { messageOf } from '../../lib/errors.ts';
import { assertPlainFolders, assertWritable, notFolder, readPlainFile } from './plain-path.ts';

/** Folders that an instances repo consists of; whatever else a checkout holds is not looked at. */
const FOLDERS = ['instances', 'secrets', 'tombstones', 'dist'] as const;

/** Whether a path is one that is read here. */
export function isOfRepo(path: string): boolean {
  return path === FLEET_PATH || FOLDERS.some((folder) => path.startsWith(`${folder}/`));
}

/** Written beside the file that it becomes; what a killed process left is swept up by the next one. */
const TEMPORARY = '.claworc-tmp';

export interface RepoFolder {
  readonly files: RepoFiles;
  /** What was not read: links, devices, files without permission. */
  readonly refused: readonly { readonly path: string; readonly reason: string }[];
  /** Paths of files that a killed process left half written. */
  readonly leftovers: readonly string[];
}

export interface ReadFolderOptions {
  /** Whether a top folder that is a link or no folder is among what was refused, and ends nothing. @default false */
  readonly tellsFolders?: boolean;
}

/**
 * Reads the files of an instances repo from a checkout. A folder that is missing is an empty one; one that is a link or
 * no folder says nothing about what it holds: throws `invalid`, unless it is to be told as refused.
 */
export function readRepoFolder(folder: string, { tellsFolders = false }: ReadFolderOptions = {}): RepoFolder {
  const found = {
    files: new Map<string, Uint8Array>(),
    refused: [] as RepoFolder['refused'][number][],
    leftovers: [] as string[],
  };
  const readFile = (path: string) => {
    try {
      const content = readPlainFile(folder, path);
      if (typeof content === 'string') found.refused.push({ path, reason: content });
      else if (content !== null) found.files.set(path, content);
    } catch (error) {
      if (!isMissing(error)) found.refused.push({ path, reason: messageOf(error) });
    }
  };
  const readFolder = (path: string) => {
    for (const entry of listFolder(join(folder, path))) {
      const below = `${path}/${entry.name}`;
      if (entry.isDirectory()) readFolder(below);
      else if (entry.name.endsWith(TEMPORARY)) found.leftovers.push(below);
      else readFile(below);
    }
  };
  readFile(FLEET_PATH);
  for (const path of FOLDERS) {
    const reason = tellsFolders ? notFolder(folder, path) : undefined;
    if (reason === undefined) {
      assertPlainFolders(folder, path);
      readFolder(path);
    } else found.refused.push({ path, reason });
  }
  return found;
}

function listFolder(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/**
 * Writes and deletes files of a checkout, if every one of their paths leads through folders of its own (else it throws
 * `invalid` and has written nothing). Each file appears whole or not at all, whenever the process is killed.
 * Tombstones come first and are on disk before anything is deleted, so that no removal is ever without one. Rendered
 * files are not flushed one by one: after a power cut the next run compares every byte and writes them again.
 */
export function writeRepoFolder(folder: string, changes: ReadonlyMap<string, string | null>): void {
  assertWritable(folder, changes.keys());
  const made = new Set<string>();
  const writes = [...changes].filter((change): change is [string, string] => change[1] !== null);
  const isTombstone = ([path]: readonly [string, string]) => path.startsWith('tombstones/');
  for (const [path, text] of writes.filter(isTombstone)) writeWhole(join(folder, path), text, made, true);
  for (const [path, text] of writes) if (!isTombstone([path, text])) writeWhole(join(folder, path), text, made, false);
  for (const [path, text] of changes) if (text === null) removeFile(folder, path);
}

function writeWhole(path: string, text: string, made: Set<string>, isDurable: boolean): void {
  const parent = dirname(path);
  if (!made.has(parent)) mkdirSync(parent, { recursive: true });
  made.add(parent);
  const temporary = `${path}.${randomBytes(4).toString('hex')}${TEMPORARY}`;
  try {
    const descriptor = openSync(temporary, 'wx', 0o644);
    try {
      // Goes on where a disk that fills up takes the beginning only.
      writeFileSync(descriptor, text);
      if (isDurable) fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Removes a file and the folders that it leaves empty, up to the top folder of its kind. */
function removeFile(folder: string, path: string): void {
  rmSync(join(folder, path), { force: true });
  for (let parent = dirname(path); parent.includes('/'); parent = dirname(parent)) {
    try {
      rmdirSync(join(folder, parent));
    } catch {
      return;
    }
  }
}

/** Removes what a killed process left half written. */
export function sweepLeftovers(folder: string, leftovers: readonly string[]): void {
  for (const path of leftovers) rmSync(join(folder, path), { force: true });
}
