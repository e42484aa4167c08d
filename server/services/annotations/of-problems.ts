import type { UnitProblem } from '../../../constructs/repo/repo.ts';
import type { Annotation } from './annotation.ts';

/** Problems of a checkout as annotations. */
export function annotationsOf(problems: readonly UnitProblem[]): readonly Annotation[] {
  return problems.map(({ severity, unit, file, line, column, field, message }) => ({
    level: severity,
    file,
    line: line ?? null,
    ...(column === undefined ? {} : { column }),
    title: unit ?? 'claworc',
    message: field === '' || message.startsWith(field) ? message : `${field}: ${message}`,
  }));
}
