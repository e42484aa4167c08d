import fc from 'fast-check';
import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { newFleet, newRecord, newTombstone } from '../../../../constructs/new-documents.ts';
import { expectationOf } from '../../../../constructs/schema/explain/expectations.ts';
import { explain } from '../../../../constructs/schema/explain/explain.ts';
import { BotInstanceSchema, FleetSchema, TombstoneSchema } from '../../../../constructs/schema/index.ts';
import { DOCUMENTS } from '../../../../constructs/schema/published.ts';

const fleet = newFleet({ recipients: [`age1${'q'.repeat(58)}`] });
const record = newRecord(
  {
    name: 'bot-alpha',
    displayName: 'Bot Alpha',
    exposure: 'nodePort',
    nodePorts: { chrome: 30100, terminal: 30101 },
    env: { TZ: 'Europe/Berlin' },
    vnc: { resolution: '1280x720', depth: 16 },
    config: '{}',
  },
  fleet,
);
const tombstone = newTombstone('bot-alpha', 'retain', '2026-11-19T14:31:40Z', 'Ada');

const pairs = [
  [BotInstanceSchema, record],
  [FleetSchema, fleet],
  [TombstoneSchema, tombstone],
] as const;

/** Values that a field may wrongly, or rightly, be given. */
const wrong = fc.oneof(
  fc.constantFrom(
    undefined,
    null,
    '',
    0,
    1.5,
    30100,
    true,
    [],
    {},
    ['x'],
    { a: 1 },
    'running',
    '5Gi',
    '5GB',
    'bot-a',
    '\n',
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** A document with the value at one random place put in place of another, taken away, or with a field more. */
function mutate(value: unknown, steps: readonly number[], replacement: unknown, name: string): unknown {
  const [step, ...rest] = steps;
  if (typeof value !== 'object' || value === null || step === undefined) return replacement;
  const entries: [string, unknown][] = Object.entries(value);
  if (step % (entries.length + 1) === entries.length) return { ...value, [name]: replacement };
  const [key, item] = entries[step % (entries.length + 1)]!;
  if (replacement === undefined && rest.length === 0)
    return Object.fromEntries(entries.filter(([other]) => other !== key));
  const changed = mutate(item, rest, replacement, name);
  return Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed };
}

describe('explain', () => {
  it.each(pairs)('finds nothing wrong with a good document', (schema, document) => {
    expect(explain(schema, document)).toEqual([]);
  });

  it.each(pairs)('finds something wrong exactly when TypeBox does', (schema, document) => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(8), { minLength: 1, maxLength: 4 }),
        wrong,
        fc.constantFrom('extra', 'spec', 'state', 'A_B'),
        (steps, value, name) => {
          const mutated: unknown = JSON.parse(JSON.stringify(mutate(document, steps, value, name)));

          expect(explain(schema, mutated).length === 0).toBe(Value.Check(schema, mutated));
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('has words for every pattern of every document', () => {
    const patterns = [...JSON.stringify(DOCUMENTS).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(
      ([, text = '""']) => JSON.parse(text) as string,
    );

    expect(patterns.length).toBeGreaterThan(10);
    for (const pattern of patterns) expect(expectationOf(pattern)).not.toContain('text that matches');
  });
});
