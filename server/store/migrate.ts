import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { ClaworcError } from '../lib/errors.ts';

/** "CLAW": tells this program's databases from others (PRAGMA application_id). */
const APPLICATION_ID = 0x43_4c_41_57;

export interface Migration {
  /** 1, 2, 3 ... without gaps; the database's user_version after it. */
  readonly version: number;
  readonly sql: string;
}

/** The migrations of this program: `migrations/NNNN-words.sql`, in order. */
export function readMigrations(folder = join(import.meta.dirname, 'migrations')): Migration[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name))
    .sort()
    .map((name) => ({ version: Number(name.slice(0, 4)), sql: readFileSync(join(folder, name), 'utf8') }));
}

export type MigrationOutcome =
  | { readonly action: 'created' | 'current' }
  | { readonly action: 'migrated'; readonly from: number; readonly backup: string };

/**
 * Brings a database up to the newest version, all steps in one transaction, after a copy of the old one was written
 * beside it. A database of a newer program, or of another program, is refused and not touched.
 */
export function migrate(database: Database.Database, file: string, migrations: readonly Migration[]): MigrationOutcome {
  const version = Number(database.pragma('user_version', { simple: true }));
  const newest = migrations.at(-1)?.version ?? 0;
  const isEmpty = database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
  if (!isEmpty && database.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw new ClaworcError('database', `${file} is a database of another program.`, { subject: file });
  }
  if (version > newest) {
    throw new ClaworcError(
      'database',
      `${file} was written by a newer Claworc (its version is ${version}, this program knows ${newest}): use that one, or rebuild the database with \`claworc import\`.`,
      { subject: file },
    );
  }
  if (version === newest) return { action: 'current' };
  const backup = isEmpty ? undefined : backUp(database, `${file}.v${version}.bak`);
  database.transaction(() => {
    database.pragma(`application_id = ${APPLICATION_ID}`);
    for (const { version: next, sql } of migrations) {
      if (next <= version) continue;
      database.exec(sql);
      database.pragma(`user_version = ${next}`);
    }
  })();
  return backup === undefined ? { action: 'created' } : { action: 'migrated', from: version, backup };
}

/** Replaces the backup that an earlier try at the same migration may have left. */
function backUp(database: Database.Database, target: string): string {
  if (existsSync(target)) rmSync(target);
  database.prepare('VACUUM INTO ?').run(target);
  return target;
}
