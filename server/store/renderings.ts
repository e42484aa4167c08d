import Type from 'typebox';
import type { Reader, Transactor } from './connection.ts';
import { text } from './rows.ts';

const Row = Type.Object({ unit: text, mark: text });

/** Marks by unit. */
export function listRenderings(read: Reader): [unit: string, mark: string][] {
  return read.all(Row, 'SELECT unit, mark FROM renderings').map(({ unit, mark }) => [unit, mark]);
}

export function putRendering(tx: Transactor, unit: string, mark: string): void {
  tx.run(
    'INSERT INTO renderings (unit, mark) VALUES (?, ?) ON CONFLICT (unit) DO UPDATE SET mark = excluded.mark',
    unit,
    mark,
  );
}

export function removeRendering(tx: Transactor, unit: string): void {
  tx.run('DELETE FROM renderings WHERE unit = ?', unit);
}

/** Forgets what was rendered for bots that are gone. */
export function removeOrphanRenderings(tx: Transactor): void {
  tx.run('DELETE FROM renderings WHERE unit NOT IN (SELECT name FROM instances)');
}
