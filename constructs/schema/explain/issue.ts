import { maskLeaks } from '../check/leaks.ts';
import type { Problem } from '../problem.ts';
import { fieldOf, type Step } from './field-path.ts';

/** Something wrong at a place of a value, before it is known where in a file that place lies. */
export interface Issue {
  readonly path: readonly Step[];
  /** What the caret points at: the name of the field (unknown, missing below it) or its value. */
  readonly on: 'key' | 'value';
  readonly message: string;
  /** 1-based place inside a text value, such as a syntax error in the config. */
  readonly within?: { readonly line: number; readonly column: number };
}

/** Most problems of one file that are told; what comes after them is counted. A junk file must cost no more than a bad one. */
export const MOST_PROBLEMS = 20;

/** The first of many findings as problems, in the order of their places, and one more that counts the rest. */
export function problemsOf<T>(found: readonly T[], toProblem: (finding: T) => Problem): readonly Problem[] {
  const told = found
    .slice(0, MOST_PROBLEMS)
    .map(toProblem)
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  const last = told.at(-1);
  if (last === undefined || found.length <= MOST_PROBLEMS) return told;
  const { source: _source, ...place } = last;
  return [...told, { ...place, field: '', message: `and ${found.length - MOST_PROBLEMS} more problems of this file` }];
}

/** An issue as a problem of something that has no lines: a request body, a form. */
export function problemOf(file: string, { path, message, within }: Issue): Problem {
  return { file, field: maskLeaks(fieldOf(path)), message: maskLeaks(message), ...within };
}
