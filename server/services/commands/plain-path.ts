import { lstatSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { ClaworcError } from '../../lib/errors.ts';
import { FileNotRead, readSmallFileSync } from '../../lib/small-file.ts';

/** Most bytes of one file that are read, as from a commit. */
const MAX_FILE_BYTES = 256 * 1024;

/** What a path is, its last step not followed; undefined where there is nothing. */
function look(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/** What is at a path, in words; undefined where it is the wanted kind or nothing. */
function unwanted(found: Stats | undefined, wanted: 'file' | 'folder'): string | undefined {
  if (found === undefined || (wanted === 'file' ? found.isFile() : found.isDirectory())) return undefined;
  if (found.isSymbolicLink()) return 'is a symbolic link, and links are not followed';
  if (found.isDirectory()) return 'is a folder, where a file is meant';
  if (found.isFile()) return 'is a file, where a folder is meant';
  return 'is a device, a pipe or a socket, and not a plain file';
}

/**
 * The bytes of a plain file below `top`, null where there is none, or why it is not read. Never waits for the other end
 * of a pipe, and never reads what a link points to.
 */
export function readPlainFile(top: string, path: string): Uint8Array | string | null {
  const file = join(top, path);
  const found = look(file);
  if (found === undefined) return null;
  const reason = unwanted(found, 'file');
  if (reason !== undefined) return reason;
  try {
    return readSmallFileSync(file, { most: MAX_FILE_BYTES, follows: false });
  } catch (error) {
    // Whoever swaps a file between the look and the reading changes nothing about what is read.
    if (error instanceof FileNotRead) return error.isMissing ? null : error.message;
    throw error;
  }
}

/** Why what is at a path below `top` is no folder of its own; undefined where it is one, or nothing. */
export function notFolder(top: string, path: string): string | undefined {
  return unwanted(look(join(top, path)), 'folder');
}

/** Throws `invalid`, with one sentence, where a step of `path` below `top` is there and is no folder of its own. */
export function assertPlainFolders(top: string, path: string, known = new Set<string>()): void {
  if (path === '' || path === '.' || known.has(path)) return;
  assertPlainFolders(top, dirname(path), known);
  refuse(path, notFolder(top, path));
  known.add(path);
}

/** Looks at every step of all paths, before the first of them is written. Throws `invalid`. */
export function assertWritable(top: string, paths: Iterable<string>): void {
  const known = new Set<string>();
  for (const path of paths) {
    assertPlainFolders(top, dirname(path), known);
    refuse(path, unwanted(look(join(top, path)), 'file'));
  }
}

function refuse(path: string, reason: string | undefined): void {
  if (reason === undefined) return;
  throw new ClaworcError('invalid', `${path} ${reason}: nothing was written. Put it right and run the command again.`, {
    subject: path,
  });
}
