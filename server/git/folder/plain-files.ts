import { readdirSync, realpathSync, statSync, type Stats } from 'node:fs';
import { join, resolve } from 'node:path';
import { ClaworcError, messageOf } from '../../lib/errors.ts';
import { readSmallFileSync } from '../../lib/small-file.ts';
import type { GitLayout } from './layout.ts';

/** Folders that git reads from, or writes a line to; whatever else lies beside them (hooks, modules) it is not asked about. */
const READ = ['refs', 'info', 'objects', 'logs', 'reftable'] as const;

/** A reference is one line; git reads all of it into memory. */
const MAX_REFERENCE_BYTES = 4_096;

/**
 * Throws `git_refused` where a file of a repository is a pipe or a device, for whose other end git would wait for
 * ever, or a reference has no end. Links count as what they lead to, folders of borrowed objects as the repository's.
 */
export function refuseSpecialFiles({ gitFolder, commonFolder }: Pick<GitLayout, 'gitFolder' | 'commonFolder'>): void {
  const known = new Set<string>();
  for (const folder of new Set([gitFolder, commonFolder])) {
    for (const { name } of readFolder(folder)) checkFile(join(folder, name), look(join(folder, name)));
    checkReference(join(folder, 'HEAD'));
    for (const name of READ) checkFolder(join(folder, name), known, name === 'refs');
  }
  checkBorrowed(join(commonFolder, 'objects'), known);
}

/** The same for one file, which may be missing. */
export function refuseSpecialFile(path: string): void {
  checkFile(path, look(path));
}

function checkFolder(folder: string, known: Set<string>, hasReferences: boolean): void {
  const place = look(folder)?.isDirectory() === true ? realpathSync(folder) : undefined;
  if (place === undefined || known.has(place)) return;
  known.add(place);
  for (const entry of readFolder(folder)) {
    const path = join(folder, entry.name);
    // Of thousands of objects only those are looked at that are not said to be files.
    const found = entry.isFile() && !hasReferences ? undefined : look(path);
    checkFile(path, found);
    if (found?.isDirectory() === true) checkFolder(path, known, hasReferences);
    else if (hasReferences) checkReference(path);
  }
}

/** Objects may be borrowed from another repository, which may do the same. */
function checkBorrowed(objects: string, known: Set<string>): void {
  const list = join(objects, 'info', 'alternates');
  if (look(list) === undefined) return;
  const lines = linesOf(list);
  for (const line of lines.filter((each) => each !== '' && !each.startsWith('#'))) {
    const folder = resolve(objects, line);
    if (known.has(folder)) continue;
    checkFolder(folder, known, false);
    known.add(folder);
    checkBorrowed(folder, known);
  }
}

function linesOf(file: string): readonly string[] {
  try {
    return readSmallFileSync(file).toString('utf8').split('\n');
  } catch (error) {
    throw refusal(file, messageOf(error));
  }
}

function checkReference(path: string): void {
  const found = look(path);
  if (found?.isFile() === true && found.size > MAX_REFERENCE_BYTES) {
    throw refusal(path, `is ${found.size} bytes, where one line is meant`);
  }
}

function checkFile(path: string, found: Stats | undefined): void {
  // A socket can't be opened at all, and git itself has one (fsmonitor--daemon.ipc).
  const isEndless = found?.isFIFO() === true || found?.isCharacterDevice() === true || found?.isBlockDevice() === true;
  if (isEndless) throw refusal(path, 'is a device or a pipe');
}

function refusal(path: string, what: string): ClaworcError {
  return new ClaworcError('git_refused', `${path} ${what}: the repository is not read.`, {
    subject: path,
    cause: new SpecialFile(),
  });
}

class SpecialFile extends Error {}

/** Whether a repository was refused for one of its own files, whatever git was asked for. */
export function isSpecialFile(error: unknown): boolean {
  return error instanceof ClaworcError && error.cause instanceof SpecialFile;
}

/** What a path leads to; undefined where that is nothing, or can't be looked at: git will have words for it. */
function look(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function readFolder(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
