import { describe, expect, it } from 'vitest';
import { newFleet } from '../../../constructs/new-documents.ts';
import { codeOwnersLine, hasLine } from '../../../constructs/repo/code-owners.ts';
import { ownedChanges } from '../../../constructs/repo/owned-changes.ts';
import { FleetSchema, validateFleet, type Fleet } from '../../../constructs/schema/index.ts';
import { OWNED_RULES } from '../../../constructs/schema/policy-owners.ts';

type Policy = NonNullable<Fleet['spec']['policy']>;

const FLEET = newFleet({ recipients: [] });
const fleetOf = (policy: Policy, spec: Partial<Fleet['spec']> = {}): Fleet => ({
  ...FLEET,
  spec: { ...FLEET.spec, ...spec, policy },
});
const OWNERS = { maxPerBot: ['@ada'], publish: ['@acme/platform', 'bob@example.com'] };

describe('owners of rules', () => {
  it('can be named for every rule of the policy', () => {
    const rules = Object.keys(FleetSchema.properties.spec.properties.policy.properties);

    expect([...OWNED_RULES].sort()).toEqual([...rules.filter((rule) => rule !== 'owners'), 'publish'].sort());
  });

  it('are told of a rule that changes, with its place and theirs, and of no other', () => {
    const base = fleetOf({ maxPerBot: { cpu: '2' }, deniedTags: ['latest'], owners: OWNERS });

    expect(ownedChanges(base, fleetOf({ maxPerBot: { cpu: '2' }, owners: OWNERS }))).toEqual([]);
    expect(ownedChanges(base, fleetOf({ maxPerBot: { cpu: '4' }, deniedTags: ['latest'], owners: OWNERS }))).toEqual([
      { field: 'spec.policy.maxPerBot', owners: ['@ada'] },
    ]);
    expect(ownedChanges(base, fleetOf(base.spec.policy ?? {}, { publish: 'propose' }))).toEqual([
      { field: 'spec.publish', owners: OWNERS.publish },
    ]);
  });

  it('can not be replaced by the change that they are asked about, nor lost with the file', () => {
    const base = fleetOf({ maxPerBot: { cpu: '2' }, owners: { maxPerBot: ['@ada'] } });
    const mine = fleetOf({ maxPerBot: { cpu: '64' }, owners: { maxPerBot: ['@mallory'] } });

    for (const next of [mine, fleetOf({ maxPerBot: { cpu: '2' } }), FLEET, null]) {
      expect(ownedChanges(base, next)).toEqual([{ field: 'spec.policy.maxPerBot', owners: ['@ada'] }]);
    }
    expect(ownedChanges(FLEET, mine)).toEqual([]);
  });

  it.each(['ada', '@', '@ada bob', 'ada@example.com # all', '@a\n* @mallory', ''])(
    'are no text such as %j',
    (owner) => {
      expect(validateFleet(fleetOf({ owners: { env: [owner] } }))).not.toEqual([]);
    },
  );
});

describe('a line of CODEOWNERS', () => {
  const fleet = fleetOf({ owners: { ...OWNERS, env: ['@ada'] } });

  it('names all owners once, for claworc.yaml in its folder', () => {
    expect(codeOwnersLine(fleet, 'github', '')).toEqual({
      line: '/claworc.yaml @acme/platform @ada bob@example.com',
      left: [],
    });
    expect(codeOwnersLine(fleet, 'gitlab', 'my bots/').line).toMatch(/^\/my\\ bots\/claworc\.yaml @/);
  });

  it('is an expression without addresses for Gitea', () => {
    expect(codeOwnersLine(fleet, 'gitea', 'bots/')).toEqual({
      line: 'bots/claworc\\\\.yaml @acme/platform @ada',
      left: ['bob@example.com'],
    });
  });

  it('is none without owners', () => {
    expect(codeOwnersLine(FLEET, 'github', '')).toEqual({ line: null, left: [] });
  });

  it('is found in a file whatever stands around it', () => {
    expect(hasLine('* @x\n/claworc.yaml   @ada # rules\n', '/claworc.yaml @ada')).toBe(true);
    expect(hasLine('# /claworc.yaml @ada\n/claworc.yaml @bob\n', '/claworc.yaml @ada')).toBe(false);
  });
});
