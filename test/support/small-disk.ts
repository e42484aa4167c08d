import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const MOUNT = `set -e
mkdir -p "$1" && cp -a "$1" "$1.was" && mount -t tmpfs -o "size=$2" small "$1" && cp -a "$1.was/." "$1" && rm -r "$1.was"
shift 2; exec "$@"`;

/** False where mounting is not allowed; then tests with small disks skip, and say why. */
export const canMount = spawnSync('unshare', ['-m', 'sh', '-c', MOUNT, 'sh', '/mnt', '1m', 'true']).status === 0;
if (!canMount) console.warn('Tests with a full disk are skipped: a disk can be mounted by root alone (unshare -m).');

/** A command that makes `folder` a disk of its own, with what was in it, for itself and for what it becomes. */
export function onSmallDisk(folder: string, size: string): readonly string[] {
  return ['unshare', '-m', '--propagation', 'private', 'sh', '-c', MOUNT, 'sh', folder, size];
}

/** A folder as the process `pid` sees it. */
export const seenBy = (pid: number, folder: string): string => join('/proc', String(pid), 'root', folder);

/** git in a folder as the process `pid` sees it; gives stdout. */
export function gitSeenBy(pid: number, folder: string, ...args: readonly string[]): string {
  return execFileSync('nsenter', ['-t', String(pid), '-m', 'git', '-C', folder, ...args], { encoding: 'utf8' });
}

/** Fills a disk to its last byte; gives what makes room again. */
export function fill(folder: string): () => void {
  const file = join(folder, 'filler');
  const descriptor = openSync(file, 'w');
  try {
    for (let size = 1_048_576; size > 0;) size = tryToWrite(descriptor, size) ? size : size >> 1;
  } finally {
    closeSync(descriptor);
  }
  return () => rmSync(file);
}

function tryToWrite(descriptor: number, size: number): boolean {
  try {
    return writeSync(descriptor, Buffer.alloc(size)) === size;
  } catch {
    return false;
  }
}

/** Lets the process `pid` only read a disk, or write it again. */
export function remount(pid: number, folder: string, how: 'ro' | 'rw'): void {
  execFileSync('nsenter', ['-t', String(pid), '-m', 'mount', '-o', `remount,${how}`, folder]);
}
