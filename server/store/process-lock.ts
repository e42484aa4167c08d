import Database from 'better-sqlite3';
import { ClaworcError } from '../lib/errors.ts';
import { isBusy, storeError } from './errors.ts';

export interface ProcessLock {
  release(): void;
}

/**
 * Holds the data folder for this process: an exclusive SQLite transaction on a file of its own, which the operating
 * system ends with the process, also on kill -9. Throws `locked` when another process holds it.
 */
export function takeProcessLock(file: string): ProcessLock {
  let lock: Database.Database | undefined;
  try {
    lock = new Database(file, { timeout: 0 });
    // In WAL an exclusive transaction would let readers in, and need two more files.
    lock.pragma('journal_mode = DELETE');
    lock.exec('BEGIN EXCLUSIVE');
    const held = lock;
    return { release: () => held.close() };
  } catch (error) {
    lock?.close();
    if (isBusy(error)) {
      throw new ClaworcError('locked', `Another Claworc process is using this data folder (it holds ${file}).`, {
        subject: file,
        cause: error,
      });
    }
    throw storeError(error, file);
  }
}
