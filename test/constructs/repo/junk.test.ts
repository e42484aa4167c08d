import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readAhead } from '../../../constructs/repo/read-file.ts';
import { readRepo } from '../../../constructs/repo/read-repo.ts';
import { synthRepo } from '../../../constructs/repo/synth-repo.ts';
import { manifestValue, readManifest } from '../../../constructs/schema/yaml/parse-document.ts';
import { MOST_PROBLEMS } from '../../../constructs/schema/explain/issue.ts';
import { JUNK } from './junk.ts';

const FLEET = readFileSync(resolve(import.meta.dirname, '../../../claworc.yaml'));
const PLACES = [
  'claworc.yaml',
  'instances/bot-x.yaml',
  'tombstones/bot-x.yaml',
  'secrets/global/openai-api-key.yaml',
  'dist/bot-x/deployment.yaml',
];

/** What reading one file keeps this thread from doing other things, at best of three times: the machine may be busy. */
function cost(work: () => void): number {
  const times = [0, 1, 2].map(() => {
    const before = process.threadCpuUsage();
    work();
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

describe('a file of junk on main, as large as is read', () => {
  beforeAll(() => {
    // Compiles the readers; what is measured is what a running server pays.
    for (const make of Object.values(JUNK)) readManifest(make(), 'dist/x.yaml');
  });

  it.each(Object.keys(JUNK).flatMap((what) => PLACES.map((place) => [what, place] as const)))(
    'holds nothing up for 50 ms, and tells few problems: %s in %s',
    (what, place) => {
      const text = JUNK[what]?.() ?? '';

      expect(cost(() => readAhead(place, Buffer.from(text)))).toBeLessThan(50);

      const repo = readRepo(
        new Map([
          ['claworc.yaml', FLEET],
          [place, Buffer.from(text)],
        ]),
      );
      const said = repo.problems.filter(({ file }) => file === place);
      expect(said.length).toBeLessThanOrEqual(2 * (MOST_PROBLEMS + 1));
      expect(JSON.stringify(said).length).toBeLessThan(200_000);
      if (!place.startsWith('dist/')) return;
      expect(cost(() => manifestValue(text))).toBeLessThan(50);
      expect(cost(() => synthRepo(repo, { at: '2026-11-19T14:31:40Z', by: 'x' }))).toBeLessThan(50);
    },
  );

  it('counts the problems that it does not tell', () => {
    const { problems } = readRepo(
      new Map([
        ['claworc.yaml', FLEET],
        ['instances/bot-x.yaml', Buffer.from(many(300))],
      ]),
    );

    expect(problems).toHaveLength(MOST_PROBLEMS + 1);
    expect(problems.at(-1)?.message).toMatch(/^and 28\d more problems of this file$/);
  });

  it('still reads a document of some hundred fields, and a rendered one with a config of 64 KiB', () => {
    const fields = Array.from({ length: 800 }, (_, n) => `field${n}: value`).join('\n');
    expect(manifestValue(fields)).toHaveProperty('field799', 'value');
    const config = `data:\n  clawdbot.json: |\n${'    {"some": "line", "of": ["json", 1, 2]}\n'.repeat(1_600)}`;
    expect(manifestValue(config)).toHaveProperty('data');
  });
});

/** A record whose text is sound and that has so many unknown fields. */
function many(count: number): string {
  const fields = Array.from({ length: count }, (_, n) => `k${n}: 1`);
  return ['apiVersion: claworc.dev/v1alpha1', 'kind: BotInstance', ...fields].join('\n');
}
