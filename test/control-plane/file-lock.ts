import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `work` while holding the lock file `path`, so that two test runs don't build the same program twice.
 * A lock whose process is gone is taken over. Two waiters may do that at once and both get in: callers must
 * stay correct without the lock (they rename a finished file into place) and only lose time.
 */
export async function withFileLock<T>(path: string, onWait: (pid: number) => void, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  let told = false;
  while (!(await tryLock(path))) {
    const pid = Number(await readFile(path, 'utf8').catch(() => ''));
    // Empty: its owner is between creating and writing it, or has just removed it.
    if (pid > 0 && !isAlive(pid)) await rm(path, { force: true });
    else if (pid > 0 && !told) {
      told = true;
      onWait(pid);
    }
    await sleep(300);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function tryLock(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
