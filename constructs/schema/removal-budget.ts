import Type, { type Static } from 'typebox';

/** How many bots may leave without a person saying so once more. What is left out is as by default. */
export const RemovalBudgetSchema = Type.Object(
  {
    atOnce: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 10_000,
        description: 'Bots that may leave with one step of main, whatever the size of the fleet. Default 3.',
      }),
    ),
    percent: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 100,
        description: 'The same as a share of the bots that live; the larger of the two counts. Default 2.',
      }),
    ),
    perMinute: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10_000,
        description: 'Removals that begin within a minute, approved or not. Default 10.',
      }),
    ),
    keptDataDays: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 3650,
        description:
          'Days between the approval that kept volumes of a bot that left are destroyed, and their end. Default 7.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'How many bots may leave without an approval, and how fast, see "The removal budget" in running.md.',
  },
);

export type RemovalBudget = Required<Static<typeof RemovalBudgetSchema>>;

const DEFAULTS: RemovalBudget = { atOnce: 3, percent: 2, perMinute: 10, keptDataDays: 7 };

/** The budget of a fleet's policy, with the default of what it leaves out. */
export const removalBudgetOf = (
  policy: { readonly removalBudget?: Static<typeof RemovalBudgetSchema> } | undefined,
): RemovalBudget => ({ ...DEFAULTS, ...policy?.removalBudget });
