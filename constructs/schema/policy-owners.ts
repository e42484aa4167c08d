import Type, { type Static } from 'typebox';

/** An account, a team or an address, as `CODEOWNERS` files have it. */
export const OWNER_PATTERN = '^(@[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9._-]+)*|[^@/#\\s]+@[^@/#\\s]+)$';

/** Rules that owners can be named for: those of `spec.policy`, and how changes come to main. */
export const OWNED_RULES = [
  'allowedImages',
  'deniedTags',
  'maxPerBot',
  'maxOfFleet',
  'env',
  'exposure',
  'removals',
  'removalBudget',
  'recipients',
  'signedCommits',
  'leaveToCluster',
  'publish',
] as const;
export type OwnedRule = (typeof OWNED_RULES)[number];

export const OwnersSchema = Type.Object(
  Object.fromEntries(
    OWNED_RULES.map((rule) => [
      rule,
      Type.Optional(Type.Array(Type.String({ pattern: OWNER_PATTERN, maxLength: 200 }))),
    ]),
  ) as Record<OwnedRule, Type.TOptional<Type.TArray<Type.TString>>>,
  {
    additionalProperties: false,
    description:
      'Who may say that a rule changes: `@account`, `@org/team` or an address for each, see "Owners of rules" in docs/proposals.md.',
  },
);
export type RuleOwners = Static<typeof OwnersSchema>;

/** Where a message says that a rule stands, and who its owners are: `spec.policy.maxPerBot.cpu of claworc.yaml (owner: @ada)`. */
export function rulePlace(owners: RuleOwners | undefined, rule: OwnedRule, below = ''): string {
  const named = owners?.[rule] ?? [];
  const who = named.length === 0 ? '' : ` (${named.length === 1 ? 'owner' : 'owners'}: ${named.join(', ')})`;
  return `${ruleField(rule)}${below} of claworc.yaml${who}`;
}

export function ruleField(rule: OwnedRule): string {
  return rule === 'publish' ? 'spec.publish' : `spec.policy.${rule}`;
}
