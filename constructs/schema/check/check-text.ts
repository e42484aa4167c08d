import { isObject } from '../explain/explain.ts';
import type { Step } from '../explain/field-path.ts';
import type { Issue } from '../explain/issue.ts';
import { findUnfit } from './unfit.ts';

/** Texts and field names with characters that cannot be written to a file and read back. */
export function textIssues(value: unknown, path: readonly Step[] = []): readonly Issue[] {
  if (typeof value === 'string') {
    const unfit = findUnfit(value);
    return unfit === undefined ? [] : [{ path, on: 'value', message: unfit.reason }];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => textIssues(item, [...path, index]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => {
    const unfit = findUnfit(name);
    const below = textIssues(item, [...path, name]);
    return unfit === undefined ? below : [{ path, on: 'value' as const, message: unfit.reason }, ...below];
  });
}
