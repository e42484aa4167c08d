import Type from 'typebox';
import type { UnitProblem } from '../../constructs/repo/repo.ts';
import type { Reader, Transactor } from './connection.ts';
import { nullableInteger, nullableText, text } from './rows.ts';

export type StoredProblem = UnitProblem;

const Row = Type.Object({
  unit: nullableText,
  severity: Type.Union([Type.Literal('error'), Type.Literal('warning')]),
  file: text,
  line_number: nullableInteger,
  column_number: nullableInteger,
  field: text,
  message: text,
  source: nullableText,
});

/** In the order in which they were found; of one unit if it is given. */
export function listProblems(read: Reader, unit?: string): UnitProblem[] {
  const where = unit === undefined ? '' : 'WHERE unit = ?';
  const sql = `SELECT unit, severity, file, line_number, column_number, field, message, source FROM problems ${where} ORDER BY id`;
  return read.all(Row, sql, ...(unit === undefined ? [] : [unit])).map((row) => ({
    unit: row.unit,
    severity: row.severity,
    file: row.file,
    field: row.field,
    message: row.message,
    ...(row.line_number === null ? {} : { line: row.line_number }),
    ...(row.column_number === null ? {} : { column: row.column_number }),
    ...(row.source === null ? {} : { source: row.source }),
  }));
}

export function replaceProblems(tx: Transactor, problems: readonly UnitProblem[]): void {
  tx.run('DELETE FROM problems');
  for (const { unit, severity, file, line, column, field, message, source } of problems) {
    tx.run(
      'INSERT INTO problems (unit, severity, file, line_number, column_number, field, message, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      unit,
      severity,
      file,
      line ?? null,
      column ?? null,
      field,
      message,
      source ?? null,
    );
  }
}
