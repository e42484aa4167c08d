import { constants } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The clock of a file system may be coarser than ours, in milliseconds. */
const COARSE_MS = 2_000;

/**
 * Brings to the disk what git wrote to a folder of objects since `sinceMs` (epoch) without doing so itself: loose objects
 * and packs first, then the folders that name them.
 */
export async function flushObjects(objects: string, sinceMs: number): Promise<void> {
  const since = sinceMs - COARSE_MS;
  const names = (await readdir(objects)).filter((name) => name === 'pack' || /^[0-9a-f]{2}$/.test(name));
  const folders = await changedSince(
    names.map((name) => join(objects, name)),
    since,
  );
  for (const folder of folders) {
    const files = (await readdir(folder)).map((name) => join(folder, name));
    await Promise.all((await changedSince(files, since)).map(flush));
  }
  await Promise.all([objects, ...folders].map(flush));
}

async function changedSince(paths: readonly string[], since: number): Promise<readonly string[]> {
  const times = await Promise.all(paths.map((path) => stat(path).catch(goneIsNone)));
  return paths.filter((_, index) => (times[index]?.mtimeMs ?? 0) >= since);
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(goneIsNone);
  try {
    await handle?.sync();
  } finally {
    await handle?.close();
  }
}

/** git takes its temporary files away, and maintenance what it has packed. */
function goneIsNone(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
