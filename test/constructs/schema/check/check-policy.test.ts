import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newFleet, newRecord, type NewRecord } from '../../../../constructs/new-documents.ts';
import { recordIssuesInFleet, validateFleet, type Fleet } from '../../../../constructs/schema/index.ts';

type Policy = NonNullable<Fleet['spec']['policy']>;

const BASE = newFleet({ recipients: [] });
const fleetOf = (policy: Policy, spec: Partial<Fleet['spec']> = {}): Fleet => ({
  ...BASE,
  spec: { ...BASE.spec, ...spec, policy },
});

function refused(
  policy: Policy,
  record: Omit<NewRecord, 'name' | 'displayName'> = {},
  spec: Partial<Fleet['spec']> = {},
) {
  const fleet = fleetOf(policy, spec);
  expect(validateFleet(fleet)).toEqual([]);
  const issues = recordIssuesInFleet(newRecord({ name: 'bot-a', displayName: 'A', ...record }, fleet), fleet);
  return issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('the policy of a fleet', () => {
  it.each([
    ['x/bot:latest', true],
    ['x/bot', true],
    ['registry:5000/x/bot', true],
    ['x/bot:1.2', false],
    [`x/bot:latest@sha256:${'a'.repeat(64)}`, false],
  ])('denies the tag latest to %s: %s', (image, isRefused) => {
    const found = refused({ deniedTags: ['latest'] }, { image }, { image: 'x:1' });

    expect(found.length > 0).toBe(isRefused);
    if (isRefused) expect(found[0]).toMatch(/^spec\.image: .*spec\.policy\.deniedTags of claworc\.yaml$/);
  });

  it('names the owners of the rule that is in the way', () => {
    const owners = { deniedTags: ['@ada', '@acme/platform'], env: ['bob@example.com'] };
    const rules = { deniedTags: ['latest'], env: { deny: ['TZ'] }, exposure: ['proxy' as const], owners };

    expect(refused(rules, { image: 'x:latest', env: { TZ: 'x' } }, { image: 'x:1' })).toEqual([
      'spec.image: the tag latest is among spec.policy.deniedTags of claworc.yaml (owners: @ada, @acme/platform)',
      'spec.env.TZ: TZ is denied by TZ in spec.policy.env.deny of claworc.yaml (owner: bob@example.com)',
    ]);
  });

  it('denies a tag to a record that inherits it', () => {
    expect(refused({ deniedTags: ['latest'] }, {}, { image: 'x:latest' })).toHaveLength(1);
  });

  it('bounds what a bot has with what it inherits, in any notation', () => {
    expect(refused({ maxPerBot: { cpu: '2', memory: '4Gi', volumes: '25Gi' } })).toEqual([]);
    expect(refused({ maxPerBot: { cpu: '1999m', memory: '4095Mi', volumes: '24Gi' } })).toEqual([
      'spec.resources.limits.cpu: the limit 2000m is over 1999m, spec.policy.maxPerBot.cpu of claworc.yaml',
      'spec.resources.limits.memory: the limit 4Gi is over 4095Mi, spec.policy.maxPerBot.memory of claworc.yaml',
      'spec.storage: the volumes together are over 24Gi, spec.policy.maxPerBot.volumes of claworc.yaml',
    ]);
    expect(refused({ maxPerBot: { memory: '8Gi' } }, { resources: { limits: { memory: '9Gi' } } })).toHaveLength(1);
  });

  it('lets names of variables through that are allowed and not denied', () => {
    const env = { APP_A: '1', APP_SECRET: '2', TZ: '3' };

    expect(refused({ env: { allow: ['APP_*', 'TZ'], deny: ['*SECRET*'] } }, { env })).toEqual([
      'spec.env.APP_SECRET: APP_SECRET is denied by *SECRET* in spec.policy.env.deny of claworc.yaml',
    ]);
    expect(refused({ env: { allow: ['APP_*'] } }, { env })).toEqual([
      'spec.env.TZ: TZ is not among spec.policy.env.allow of claworc.yaml',
    ]);
    expect(refused({ env: {} }, { env })).toEqual([]);
  });

  it('matches names as a regular expression would, for any glob', () => {
    const letters = fc.string({ unit: fc.constantFrom('A', 'B', '*'), maxLength: 8 });
    const name = fc.string({ unit: fc.constantFrom('A', 'B'), minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(
        name,
        letters.filter((glob) => glob !== ''),
        (variable, glob) => {
          const isDenied = refused({ env: { deny: [glob] } }, { env: { [variable]: '' } }).length > 0;
          expect(isDenied).toBe(new RegExp(`^${glob.replaceAll('*', '.*')}$`).test(variable));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('says how screens may be reached, inherited or not', () => {
    const nodePorts = { chrome: 30100, terminal: 30101 };
    expect(refused({ exposure: ['proxy'] }, { exposure: 'nodePort', nodePorts })).toEqual([
      'spec.exposure: nodePort is not among spec.policy.exposure of claworc.yaml',
    ]);
    expect(refused({ exposure: ['proxy'] }, { nodePorts }, { exposure: 'nodePort' })).toHaveLength(1);
    expect(refused({ exposure: ['proxy'] })).toEqual([]);
  });

  it('is refused itself where an amount is none', () => {
    expect(validateFleet(fleetOf({ maxPerBot: { memory: '4' } }))).toMatchObject([
      { field: 'spec.policy.maxPerBot.memory' },
    ]);
    expect(validateFleet(fleetOf({ maxOfFleet: { cpu: '0' } }))).toMatchObject([
      { field: 'spec.policy.maxOfFleet.cpu' },
    ]);
    expect(validateFleet(fleetOf({ maxOfFleet: { cpu: '5000' } }))).toEqual([]);
  });
});
