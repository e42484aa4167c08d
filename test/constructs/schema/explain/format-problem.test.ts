import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../../../constructs/schema/index.ts';
import { parseRecord } from '../../../../constructs/schema/yaml/parse-document.ts';
import { withChange } from '../records.ts';

describe('formatProblem', () => {
  it('prints place, field, message and the line with a caret below what is wrong', () => {
    const parsed = parseRecord(withChange('cpu: 500m', 'cpu: 500x'), 'instances/bot-alpha.yaml');

    expect(parsed.ok ? [] : parsed.problems.map(formatProblem)).toEqual([
      [
        'instances/bot-alpha.yaml:11:12: spec.resources.requests.cpu: "500x" is not a Kubernetes quantity such as 500m, 2 or 4Gi',
        '  11 |       cpu: 500x',
        '     |            ^',
      ].join('\n'),
    ]);
  });

  it('keeps tabs before the caret, so that it stands below the right character', () => {
    const problem = { file: 'f', line: 1, column: 3, field: '', message: 'm', source: '\t\tx' };

    expect(formatProblem(problem)).toBe('f:1:3: m\n  1 | \t\tx\n    | \t\t^');
  });

  it('shows the part of a very long line where the problem is', () => {
    const parsed = parseRecord(`a: ${'x'.repeat(5000)}: y\n`, 'f');
    const [, line = '', caret = ''] = parsed.ok ? [] : formatProblem(parsed.problems[0]!).split('\n');

    expect(line.length).toBeLessThan(260);
    expect(caret.indexOf('^')).toBeLessThan(line.length + 1);
  });

  it('is one line for a problem without a place', () => {
    expect(formatProblem({ file: 'claworc.yaml', field: '', message: 'is missing' })).toBe('claworc.yaml: is missing');
  });
});
