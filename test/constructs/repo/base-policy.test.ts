import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newFleet, newRecord, newTombstone } from '../../../constructs/new-documents.ts';
import { basePolicyProblems, underPolicyOf } from '../../../constructs/repo/base-policy.ts';
import { errorsOf, readRepo, type Repo } from '../../../constructs/repo/index.ts';
import type { BotInstance, Fleet } from '../../../constructs/schema/index.ts';
import { writeRecord } from '../../../constructs/schema/write-record.ts';
import { RECIPIENT } from './fixture.ts';

type Policy = Fleet['spec']['policy'];

const OTHER = `age1${'q'.repeat(58)}`;
const PLAIN = newFleet({ recipients: [RECIPIENT] });
const fleetOf = (policy: Policy, spec: Partial<Fleet['spec']> = {}): Fleet => ({
  ...PLAIN,
  spec: { ...PLAIN.spec, ...spec, ...(policy === undefined ? {} : { policy }) },
});

function repoOf(
  fleet: Fleet,
  specs: Readonly<Record<string, Partial<BotInstance['spec']>>>,
  graves: Readonly<Record<string, 'retain' | 'destroy'>> = {},
): Repo {
  const files = new Map([['claworc.yaml', writeRecord(fleet)]]);
  for (const [name, spec] of Object.entries(specs)) {
    files.set(`instances/${name}.yaml`, writeRecord(newRecord({ name, displayName: name, ...spec }, fleet)));
  }
  for (const [name, data] of Object.entries(graves)) {
    files.set(`tombstones/${name}.yaml`, writeRecord(newTombstone(name, data, '2026-11-19T14:31:40Z', 'Ada')));
  }
  return readRepo(new Map([...files].map(([path, text]) => [path, Buffer.from(text)])));
}

const MEMORY = { resources: { limits: { memory: '8Gi' } } };

describe('the policy that a change started from', () => {
  it('holds for a change that loosens it, at the field of the record, and no more for the one after it', () => {
    const strict = fleetOf({ maxPerBot: { memory: '4Gi' } });
    const loose = fleetOf({ maxPerBot: { memory: '16Gi' } });
    const repo = repoOf(loose, { 'bot-a': MEMORY, 'bot-b': {} });

    const held = underPolicyOf(strict, repo);

    expect(errorsOf(repo, 'bot-a')).toEqual([]);
    expect(errorsOf(held, 'bot-a')).toMatchObject([
      {
        file: 'instances/bot-a.yaml',
        line: 11,
        field: 'spec.resources.limits.memory',
        message: 'the limit 8Gi is over 4Gi, spec.policy.maxPerBot.memory of claworc.yaml as it was before this change',
      },
    ]);
    expect(errorsOf(held, 'bot-b')).toEqual([]);
    expect(underPolicyOf(loose, repo)).toBe(repo);
  });

  it('tells once what both policies refuse, and nothing where there was no fleet', () => {
    const repo = repoOf(fleetOf({ maxPerBot: { memory: '4Gi' }, exposure: ['proxy'] }), { 'bot-a': MEMORY });

    expect(errorsOf(repo, 'bot-a')).toHaveLength(1);
    expect(basePolicyProblems(fleetOf({ maxPerBot: { memory: '4Gi' } }), repo)).toEqual([]);
    expect(basePolicyProblems(null, repo)).toEqual([]);
  });

  it('keeps images inside, also one that comes by a changed default of the fleet', () => {
    const repo = repoOf(fleetOf(undefined, { image: 'evil/bot:1' }), { 'bot-a': {}, 'bot-b': { image: 'good/bot:1' } });

    const found = basePolicyProblems(fleetOf({ allowedImages: ['good'] }, { image: 'good/bot:1' }), repo);

    expect(found.map(({ unit, field }) => [unit, field])).toEqual([['bot-a', 'spec.image']]);
  });

  it.each([
    ['keepData', 'retain', 0],
    ['keepData', 'destroy', 1],
    ['none', 'retain', 1],
    ['any', 'destroy', 0],
  ] as const)('with removals %s and a tombstone that says %s finds %i problems of the bot', (removals, data, count) => {
    const graves = { 'bot-gone': data };
    const own = repoOf(fleetOf({ removals }), {}, graves);

    expect(errorsOf(own, 'bot-gone')).toHaveLength(count);
    expect(basePolicyProblems(fleetOf({ removals }), repoOf(fleetOf(undefined), {}, graves))).toHaveLength(count);
  });

  it('refuses a new recipient unless it was named before', () => {
    const repo = repoOf(fleetOf({ recipients: [OTHER] }, { recipients: [RECIPIENT, OTHER] }), {});

    expect(basePolicyProblems(fleetOf(undefined), repo)).toMatchObject([
      { file: 'claworc.yaml', field: 'spec.recipients[1]', unit: null, severity: 'error' },
    ]);
    expect(basePolicyProblems(fleetOf({ recipients: [OTHER] }), repo)).toEqual([]);
    expect(basePolicyProblems(fleetOf(undefined, { recipients: [] }), repo)).toEqual([]);
  });

  it('bounds what all bots ask for together, without holding one', () => {
    const bots = { 'bot-a': {}, 'bot-b': {}, 'bot-c': { state: 'stopped' as const } };
    const problems = (policy: Policy) => repoOf(fleetOf(policy), bots).problems;

    expect(problems({ maxOfFleet: { cpu: '1', memory: '2Gi', volumes: '75Gi' } })).toEqual([]);
    expect(problems({ maxOfFleet: { cpu: '999m', memory: '2Gi', volumes: '74Gi' } })).toMatchObject([
      { file: 'claworc.yaml', field: 'spec.policy.maxOfFleet.cpu', unit: null, severity: 'error' },
      { file: 'claworc.yaml', field: 'spec.policy.maxOfFleet.volumes', unit: null, severity: 'error' },
    ]);
  });

  it('is never looser than the two policies taken by themselves', () => {
    const size = fc.constantFrom('1Gi', '4Gi', '8Gi', '16Gi');
    const policy = fc.record(
      {
        maxPerBot: fc.record({ memory: size }),
        exposure: fc.constant('proxy' as const).map((way) => [way]),
        env: fc.record({ deny: fc.constantFrom('A*', 'B').map((glob) => [glob]) }),
        deniedTags: fc.constant('latest').map((tag) => [tag]),
      },
      { requiredKeys: [] },
    );
    const spec = fc.record({
      resources: fc.record({ limits: fc.record({ memory: size }) }),
      env: fc.constantFrom({ A: '1' }, { B: '1' }, {}),
    });
    const isHeld = (repo: Repo) => errorsOf(repo, 'bot-a').length > 0;
    fc.assert(
      fc.property(policy, policy, spec, (before, after, changes) => {
        const [old, next] = [
          repoOf(fleetOf(before), { 'bot-a': changes }),
          repoOf(fleetOf(after), { 'bot-a': changes }),
        ];
        expect(isHeld(underPolicyOf(old.fleet, next))).toBe(isHeld(old) || isHeld(next));
      }),
      { numRuns: 300 },
    );
  });
});
