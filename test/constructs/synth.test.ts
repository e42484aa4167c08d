import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { benchFleet } from '../../bench/fleet.ts';
import { canonicalQuantity, type BotInstance } from '../../constructs/schema/index.ts';
import { parseRecord } from '../../constructs/schema/yaml/parse-document.ts';
import { writeRecord } from '../../constructs/schema/write-record.ts';
import { synthInstance } from '../../constructs/synth.ts';

const { fleet, records } = benchFleet(40);
const key = { name: 'OPENAI_API_KEY', scope: 'global', secretName: 'claworc-openai-api-key', digest: '00' };

function digest(of: readonly BotInstance[]): string {
  const hash = createHash('sha256');
  for (const record of of) for (const { text } of synthInstance(record, fleet, [key])) hash.update(text);
  return hash.digest('hex');
}

describe('synthInstance', () => {
  it('gives the same bytes in any language, time zone and order of properties, whatever cdk8s is told by its environment', () => {
    const program = `
      import { createHash } from 'node:crypto';
      import { benchFleet } from './bench/fleet.ts';
      import { synthInstance } from './constructs/synth.ts';
      const { fleet, records } = benchFleet(40);
      const hash = createHash('sha256');
      for (const record of records) for (const { text } of synthInstance(record, fleet, [${JSON.stringify(key)}])) hash.update(text);
      process.stdout.write(hash.digest('hex'));`;
    const root = resolve(import.meta.dirname, '../..');
    const run = (env: Record<string, string>) =>
      execFileSync(process.execPath, ['--input-type=module-typescript', '--eval', program], {
        cwd: root,
        env,
        encoding: 'utf8',
      });

    const here = digest(records);

    expect(run({ LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8', TZ: 'Asia/Kathmandu' })).toBe(here);
    expect(run({ LANG: 'C', TZ: 'America/St_Johns', CDK8S_DISABLE_SORT: '1', CDK8S_OUTDIR: '/nowhere' })).toBe(here);
    expect(run({ CDK8S_RECORD_CONSTRUCT_METADATA: 'true', NODE_ENV: 'production' })).toBe(here);
  });

  it('does not depend on what was rendered before, nor on the order of keys', () => {
    const other = { ...key, name: 'A_KEY', secretName: 'claworc-a-key' };
    const [first] = records;
    const once = synthInstance(first!, fleet, [key, other]);
    digest(records.toReversed());

    expect(synthInstance(first!, fleet, [other, key])).toEqual(once);
  });

  it('does not depend on the order in which a record was written', () => {
    const shuffled = records.map((record) => ({
      spec: Object.fromEntries(Object.entries(record.spec).reverse()) as BotInstance['spec'],
      metadata: record.metadata,
      kind: record.kind,
      apiVersion: record.apiVersion,
    }));

    expect(digest(shuffled)).toBe(digest(records));
  });

  it('gives the same for a record and for what its file is read as', () => {
    for (const record of records) {
      const parsed = parseRecord(writeRecord(record), 'x');
      if (!parsed.ok) throw new Error('a written record was not taken');
      expect(synthInstance(parsed.record, fleet, [])).toEqual(synthInstance(record, fleet, []));
    }
  });

  it('renders every quantity in its canonical form', () => {
    const amount = fc
      .tuple(fc.integer({ min: 1, max: 9999 }), fc.constantFrom('Mi', 'Gi', 'M', 'G'))
      .map(([n, unit]) => `${n}${unit}`);
    fc.assert(
      fc.property(amount, fc.integer({ min: 1, max: 32_000 }), (memory, cpu) => {
        const record = structuredClone(records[1]!);
        record.spec.storage.chrome = memory;
        record.spec.resources = { limits: { memory, cpu: `${cpu}m` } };

        const text = synthInstance(record, fleet, [])
          .map((manifest) => manifest.text)
          .join('');

        for (const [, found = ''] of text.matchAll(/(?:cpu|memory|storage): "?([\dA-Za-z.]+)"?\n/g)) {
          expect(canonicalQuantity(found)).toBe(found);
        }
      }),
      { numRuns: 60 },
    );
  });
});
