import type { Problem } from '../schema/index.ts';
import type { Issue } from '../schema/explain/issue.ts';
import { readSource } from '../schema/yaml/parse-document.ts';

/** Finds the place of an issue in a text that was read before. */
export function locateIn(text: string, file: string, issue: Issue): Problem {
  const read = readSource(text, file);
  return read.ok ? read.source.locate(issue) : { file, field: '', message: issue.message };
}
