import { lstat, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const LOCKS = ['HEAD.lock', 'packed-refs.lock', 'config.lock'] as const;

/**
 * Removes what a killed git left behind in a repository of ours: lock files that are older than `olderThanMs` (a living
 * git holds one for milliseconds; younger ones are waited for), crash reports of fast-import, and objects of an hour ago
 * that were never finished. Gives what it removed.
 */
export async function clearStaleLocks(gitFolder: string, olderThanMs = 2_000): Promise<readonly string[]> {
  const candidates = [...LOCKS, ...(await lockFilesBelow(gitFolder, join('refs', 'heads')))];
  const removed = await Promise.all(candidates.map((path) => removeWhenOld(gitFolder, path, olderThanMs)));
  // Where the folder is gone there are none.
  const names = await readdir(gitFolder).catch(() => []);
  const reports = names.filter((name) => /^fast_import_crash_\d+$/.test(name));
  await Promise.all(reports.map((name) => rm(join(gitFolder, name), { force: true })));
  return [...removed.flat(), ...(await removeUnfinished(gitFolder))];
}

/** A push over a slow line writes to such a file for a while; nothing does for an hour. */
const UNFINISHED_MS = 3_600_000;
const UNFINISHED = /^tmp_(obj|pack|idx|rev)_/;

async function removeUnfinished(gitFolder: string): Promise<string[]> {
  const objects = join(gitFolder, 'objects');
  const folders = (await readdir(objects).catch(() => [])).filter((name) => /^([0-9a-f]{2}|pack)$/.test(name));
  const removed: string[] = [];
  for (const folder of folders) {
    const names = await readdir(join(objects, folder)).catch(() => []);
    for (const name of names.filter((each) => UNFINISHED.test(each))) {
      const path = join('objects', folder, name);
      const file = await lstat(join(gitFolder, path)).catch(() => undefined);
      if (file === undefined || Date.now() - file.mtimeMs < UNFINISHED_MS) continue;
      await rm(join(gitFolder, path), { force: true });
      removed.push(path);
    }
  }
  return removed;
}

async function lockFilesBelow(gitFolder: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(gitFolder, folder), { recursive: true }).catch(() => []);
  return entries.filter((name) => name.endsWith('.lock')).map((name) => join(folder, name));
}

async function removeWhenOld(gitFolder: string, path: string, olderThanMs: number): Promise<string[]> {
  for (;;) {
    const file = await stat(join(gitFolder, path)).catch(() => undefined);
    if (file === undefined) return [];
    // Both ends of the age come from the same machine's clock; a time in the future counts as now.
    const age = Math.max(0, Date.now() - file.mtimeMs);
    if (age >= olderThanMs) {
      await rm(join(gitFolder, path), { force: true });
      return [path];
    }
    await delay(Math.min(olderThanMs - age, 100));
  }
}
