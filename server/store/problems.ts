import Type from 'typebox';
import type { Problem } from '../../constructs/schema/index.ts';
import type { Reader, Transactor } from './connection.ts';
import { nullableInteger, nullableText, text } from './rows.ts';

const Row = Type.Object({
  unit: nullableText,
  file: text,
  line_number: nullableInteger,
  column_number: nullableInteger,
  field: text,
  message: text,
  source: nullableText,
});

/** What is wrong on main, and the unit that it holds up (null: a file of no unit). */
export type StoredProblem = Problem & { readonly unit: string | null };

/** In the order in which they were found; of one unit if it is given. */
export function listProblems(read: Reader, unit?: string): StoredProblem[] {
  const where = unit === undefined ? '' : 'WHERE unit = ?';
  const sql = `SELECT unit, file, line_number, column_number, field, message, source FROM problems ${where} ORDER BY id`;
  return read.all(Row, sql, ...(unit === undefined ? [] : [unit])).map((row) => ({
    unit: row.unit,
    file: row.file,
    field: row.field,
    message: row.message,
    ...(row.line_number === null ? {} : { line: row.line_number }),
    ...(row.column_number === null ? {} : { column: row.column_number }),
    ...(row.source === null ? {} : { source: row.source }),
  }));
}

export function replaceProblems(tx: Transactor, problems: readonly StoredProblem[]): void {
  tx.run('DELETE FROM problems');
  for (const { unit, file, line, column, field, message, source } of problems) {
    tx.run(
      'INSERT INTO problems (unit, file, line_number, column_number, field, message, source) VALUES (?, ?, ?, ?, ?, ?, ?)',
      unit,
      file,
      line ?? null,
      column ?? null,
      field,
      message,
      source ?? null,
    );
  }
}
