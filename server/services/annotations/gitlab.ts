import { hash } from 'node:crypto';
import { oneLine } from '../../../constructs/schema/explain/visible.ts';
import type { Annotation } from './annotation.ts';

/** A code quality report of GitLab, in the order of the problems. Fingerprints don't move with the lines. */
export function gitlabReport(annotations: readonly Annotation[], prefix = ''): string {
  const seen = new Map<string, number>();
  const report = annotations.map(({ level, file, line, title, message }) => {
    const path = `${prefix}${file}`;
    const what = JSON.stringify([path, title, message]);
    const nth = seen.get(what) ?? 0;
    seen.set(what, nth + 1);
    return {
      description: oneLine(message),
      check_name: 'claworc-verify',
      fingerprint: hash('sha256', `${what}${nth}`, 'hex'),
      severity: level === 'error' ? 'blocker' : level === 'warning' ? 'minor' : 'info',
      location: { path, lines: { begin: line ?? 1 } },
    };
  });
  return JSON.stringify(report, null, 2);
}
