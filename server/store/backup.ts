import Database from 'better-sqlite3';
import { ClaworcError } from '../lib/errors.ts';
import { storeError } from './errors.ts';

/** Pages between two moments in which a server that writes gets its turn. */
const PAGES_AT_ONCE = 1000;

/**
 * Copies a database, also one whose server goes on writing, into a new file, and checks the copy. What is committed while
 * it runs is in the copy or is not, never half.
 * @returns its version
 * @throws `database` for a file that is damaged, is no database of this program, or can't be read or written
 */
export async function backUpDatabase(file: string, target: string, signal: AbortSignal): Promise<number> {
  try {
    using source = opened(file);
    await source.database.backup(target, {
      progress: () => {
        signal.throwIfAborted();
        return PAGES_AT_ONCE;
      },
    });
    using copy = opened(target, false);
    const { database } = copy;
    // One file, with nothing beside it.
    database.pragma('journal_mode = DELETE');
    const found = database.pragma('integrity_check', { simple: true });
    if (found === 'ok') return Number(database.pragma('user_version', { simple: true }));
    throw new ClaworcError('database', `${file} is damaged (${String(found)}): no backup was made of it.`, {
      subject: file,
    });
  } catch (error) {
    if (signal.aborted || error instanceof ClaworcError) throw error;
    throw storeError(error, file);
  }
}

function opened(file: string, readonly = true): { readonly database: Database.Database } & Disposable {
  const database = new Database(file, { readonly, fileMustExist: true, timeout: 5_000 });
  return { database, [Symbol.dispose]: () => void database.close() };
}
