import { oneLine } from '../../../constructs/schema/explain/visible.ts';
import type { Annotation } from './annotation.ts';

/** JUnit XML with a case for each file that was looked at; errors fail theirs, warnings stand in its output. */
export function junitReport(annotations: readonly Annotation[], files: Iterable<string>, prefix = ''): string {
  const found = Map.groupBy(annotations, ({ file }) => file);
  const names = [...new Set([...files, ...found.keys()])].sort();
  const cases = names.map((file) => caseOf(`${prefix}${file}`, found.get(file) ?? []));
  const failures = [...found.values()].filter((all) => all.some(({ level }) => level === 'error')).length;
  const counts = `tests="${names.length}" failures="${failures}" errors="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="claworc verify" ${counts}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
  ].join('\n');
}

function caseOf(path: string, found: readonly Annotation[]): string {
  const open = `    <testcase classname="claworc.verify" name="${xml(path)}" file="${xml(path)}"`;
  if (found.length === 0) return `${open}/>`;
  const lines = (level: Annotation['level']) =>
    found
      .filter((each) => each.level === level)
      .map(({ line, message }) => `${line === null ? '' : `line ${line}: `}${message}`);
  const [errors, warnings] = [lines('error'), lines('warning')];
  return [
    `${open}>`,
    ...(errors.length === 0
      ? []
      : [`      <failure message="${xml(errors[0] ?? '')}">${errors.map(xml).join('\n')}</failure>`]),
    ...(warnings.length === 0 ? [] : [`      <system-out>${warnings.map(xml).join('\n')}</system-out>`]),
    '    </testcase>',
  ].join('\n');
}

/** Text that XML 1.0 can hold. */
function xml(text: string): string {
  return oneLine(text)
    .replace(/[\uFFFE\uFFFF]/g, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
