import { hash } from 'node:crypto';
import { oneLine } from '../../../constructs/schema/explain/visible.ts';
import type { Annotation } from './annotation.ts';

/** SARIF 2.1.0 of one run. */
export function sarifLog(annotations: readonly Annotation[], version: string, prefix = ''): string {
  const results = annotations.map(({ level, file, line, column, title, message }) => ({
    ruleId: 'verify',
    ruleIndex: 0,
    level: level === 'notice' ? 'note' : level,
    message: { text: oneLine(message) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(`${prefix}${file}`), uriBaseId: '%SRCROOT%' },
          ...(line === null
            ? {}
            : { region: { startLine: line, ...(column === undefined ? {} : { startColumn: column }) } }),
        },
      },
    ],
    partialFingerprints: { 'claworc/v1': hash('sha256', JSON.stringify([`${prefix}${file}`, title, message]), 'hex') },
  }));
  const driver = {
    name: 'claworc',
    version,
    rules: [{ id: 'verify', shortDescription: { text: 'What keeps an instances repo from being applied as it is.' } }],
  };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
  };
  return JSON.stringify(log, null, 2);
}

/** A path as a relative reference; a lone surrogate has no spelling in one. */
function uriOf(path: string): string {
  return path.toWellFormed().split('/').map(encodeURIComponent).join('/');
}
