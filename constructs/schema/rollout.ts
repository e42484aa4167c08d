import Type, { type Static } from 'typebox';

/** On a record: the ring of a rollout that the bot belongs to, 1 for the first. It changes nothing that is rendered. */
export const RING_ANNOTATION = 'claworc.dev/ring';

export const RING_PATTERN = '^([1-9][0-9]{0,3}|([1-9][0-9]?|100)%)$';

/** How a change of claworc.yaml that reaches many bots goes through the fleet. What is left out is as by default. */
export const RolloutSchema = Type.Object(
  {
    rings: Type.Optional(
      Type.Array(Type.String({ pattern: RING_PATTERN }), {
        description:
          'How many of the changed bots have the change when a ring is done: a number or a share, at most ten of them, in quotes. Bots that are left after the last follow in one more. Default `["1", "5%", "25%", "100%"]`.',
      }),
    ),
    moreThan: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 10_000,
        description: 'A change that reaches no more bots than this goes to all of them at once. Default 3.',
      }),
    ),
    maxUnhealthy: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 10_000,
        description:
          "Bots that may be unhealthy with the change before the rollout stops by itself; those that were so before don't count. Default 0.",
      }),
    ),
    settleSeconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 604_800,
        description: 'How long the bots of a ring have to be healthy before the next ring begins. Default 120.',
      }),
    ),
    unhealthyAfterSeconds: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 604_800,
        description: "A bot that isn't healthy so long after its ring began counts as unhealthy. Default 600.",
      }),
    ),
  },
  {
    additionalProperties: false,
    description:
      'Has a change of this file that reaches many bots go from ring to ring, see rollouts.md. `{}` is all defaults; without it every change goes to all bots at once.',
  },
);

export type RolloutSettings = Required<Static<typeof RolloutSchema>>;

const DEFAULTS: RolloutSettings = {
  rings: ['1', '5%', '25%', '100%'],
  moreThan: 3,
  maxUnhealthy: 0,
  settleSeconds: 120,
  unhealthyAfterSeconds: 600,
};

/** Undefined where every change goes to all bots at once. */
export function rolloutOf(
  fleet: { readonly spec: { readonly rollout?: Static<typeof RolloutSchema> } } | null,
): RolloutSettings | undefined {
  const given = fleet?.spec.rollout;
  return given === undefined ? undefined : { ...DEFAULTS, ...given };
}

/** How many of `all` bots have a change when the ring is done. */
export const ringSize = (ring: string, all: number): number =>
  Math.min(all, ring.endsWith('%') ? Math.ceil((all * Number.parseInt(ring, 10)) / 100) : Number(ring));
