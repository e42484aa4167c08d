import type { Problem } from '../problem.ts';
import { oneLine } from './visible.ts';

/**
 * `file:line:column: field: message`, and below it the source line with a caret, as compilers print it.
 * A place far to the right is shown with the part of the line around it. What others wrote has no control characters in it
 * any more, nor line breaks.
 */
export function formatProblem({ file, line, column, field, message, source }: Problem): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
  const head = oneLine(`${place}: ${field === '' || message.startsWith(field) ? '' : `${field}: `}${message}`);
  if (source === undefined || line === undefined) return head;
  const gutter = String(line);
  const from = Math.min(Math.max(0, (column ?? 1) - 100), source.length);
  const shown = source.slice(from);
  // A tab before the caret stays a tab, so that the caret stands where the terminal draws the character.
  const indent = shown.slice(0, Math.max(0, (column ?? 1) - 1 - from)).replace(/[^\t]/g, ' ');
  return [head, `  ${gutter} | ${oneLine(shown)}`, `  ${' '.repeat(gutter.length)} | ${indent}^`].join('\n');
}
