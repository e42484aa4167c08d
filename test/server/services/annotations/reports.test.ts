import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Annotation } from '../../../../server/services/annotations/annotation.ts';
import { gitlabReport } from '../../../../server/services/annotations/gitlab.ts';
import { junitReport } from '../../../../server/services/annotations/junit.ts';
import { sarifLog } from '../../../../server/services/annotations/sarif.ts';

const PROBLEM: Annotation = {
  level: 'error',
  file: 'instances/bot a.yaml',
  line: 12,
  column: 3,
  title: 'bot-a',
  message: 'spec.storage.clawd: "5GB" is <no> quantity & more',
};

const anything = fc.array(
  fc.record({
    level: fc.constantFrom<Annotation['level']>('error', 'warning'),
    file: fc.string({ unit: 'binary' }),
    line: fc.option(fc.integer({ min: 1, max: 99 })),
    title: fc.string({ unit: 'binary' }),
    message: fc.string({ unit: 'binary' }),
  }),
);

describe('reports of verify', () => {
  it('are code quality entries for GitLab, whose fingerprints differ and stay while lines move', () => {
    const read = (annotations: Annotation[]) =>
      JSON.parse(gitlabReport(annotations, 'eu/')) as { fingerprint: string; location: unknown }[];

    const two = read([PROBLEM, PROBLEM]);

    expect(two[0]).toEqual({
      description: PROBLEM.message,
      check_name: 'claworc-verify',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      severity: 'blocker',
      location: { path: 'eu/instances/bot a.yaml', lines: { begin: 12 } },
    });
    expect(two[1]?.fingerprint).not.toBe(two[0]?.fingerprint);
    expect(read([{ ...PROBLEM, line: 40 }])[0]?.fingerprint).toBe(two[0]?.fingerprint);
  });

  it('are SARIF 2.1.0 with a relative reference, a region and a fingerprint', () => {
    const log = JSON.parse(sarifLog([PROBLEM, { ...PROBLEM, level: 'warning', line: null }], '1.2.3', 'eu/')) as {
      version: string;
      runs: { tool: { driver: object }; results: object[] }[];
    };

    expect(log.version).toBe('2.1.0');
    expect(log.runs[0]?.tool.driver).toMatchObject({ name: 'claworc', version: '1.2.3', rules: [{ id: 'verify' }] });
    const artifactLocation = { uri: 'eu/instances/bot%20a.yaml', uriBaseId: '%SRCROOT%' };
    expect(log.runs[0]?.results).toMatchObject([
      {
        ruleId: 'verify',
        level: 'error',
        message: { text: PROBLEM.message },
        locations: [{ physicalLocation: { artifactLocation, region: { startLine: 12, startColumn: 3 } } }],
      },
      { level: 'warning', locations: [{ physicalLocation: { artifactLocation } }] },
    ]);
    expect(JSON.stringify(log.runs[0]?.results[1])).not.toContain('region');
  });

  it('are JUnit cases by file, of which those with errors fail', () => {
    const warning = { ...PROBLEM, file: 'claworc.yaml', level: 'warning' as const, line: null };

    expect(junitReport([PROBLEM, warning], ['instances/good.yaml'])).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="3" failures="1" errors="0">
  <testsuite name="claworc verify" tests="3" failures="1" errors="0">
    <testcase classname="claworc.verify" name="claworc.yaml" file="claworc.yaml">
      <system-out>spec.storage.clawd: &quot;5GB&quot; is &lt;no&gt; quantity &amp; more</system-out>
    </testcase>
    <testcase classname="claworc.verify" name="instances/bot a.yaml" file="instances/bot a.yaml">
      <failure message="line 12: spec.storage.clawd: &quot;5GB&quot; is &lt;no&gt; quantity &amp; more">line 12: spec.storage.clawd: &quot;5GB&quot; is &lt;no&gt; quantity &amp; more</failure>
    </testcase>
    <testcase classname="claworc.verify" name="instances/good.yaml" file="instances/good.yaml"/>
  </testsuite>
</testsuites>`,
    );
  });

  it('are JSON and XML, whatever paths and messages hold', () => {
    fc.assert(
      fc.property(anything, (annotations) => {
        JSON.parse(gitlabReport(annotations));
        JSON.parse(sarifLog(annotations, '1'));
        const xml = junitReport(annotations, []);
        // eslint-disable-next-line no-control-regex -- what XML 1.0 can't hold
        expect(xml).not.toMatch(/[\u0000-\u0008\u000B-\u001F\uFFFE\uFFFF]|\p{Surrogate}/u);
        const rest = xml.replace(
          /<\/?(testsuites?|testcase|failure|system-out)( [a-z]+="[^"<>]*")*\/?>|<\?xml [^<>]*\?>/g,
          '',
        );
        expect(rest).not.toMatch(/[<>]|&(?!(amp|lt|gt|quot);)/);
      }),
    );
  });
});
