import { existsSync } from 'node:fs';
import { ClaworcError } from '../lib/errors.ts';
import { openConnection, transactorOn } from './connection.ts';
import { storeError } from './errors.ts';
import { readMigrations } from './migrate.ts';
import type { Store } from './open-store.ts';

/**
 * The database of a data folder whose server may be running, for one short transaction beside it: SQLite lets them wait
 * for each other. Null where there is none yet. Throws `database` for one that this program would have to migrate first.
 */
export function openBeside(file: string): (Pick<Store, 'reader' | 'transact'> & Disposable) | null {
  if (!existsSync(file)) return null;
  const connection = openConnection(file, false);
  const version = Number(connection.pragma('user_version', { simple: true }));
  if (version !== readMigrations().at(-1)?.version) {
    connection.close();
    throw new ClaworcError(
      'database',
      `${file} was written by another version of Claworc: use that one, or start this one's server once.`,
      { subject: file },
    );
  }
  const transactor = transactorOn(connection);
  return {
    reader: transactor,
    transact: (work) => {
      try {
        return connection.transaction(() => work(transactor)).immediate();
      } catch (error) {
        throw storeError(error, file);
      }
    },
    [Symbol.dispose]: () => void connection.close(),
  };
}
