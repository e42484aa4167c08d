import Type, { type Static } from 'typebox';
import { nullable } from './common.ts';
import { ResourceSumSchema } from './effect.ts';

/** What `GET /cluster/plan` answers: the plan that a person sees before accepting a cluster. */
export const OfferPlanSchema = Type.Object(
  {
    commit: Type.String(),
    context: Type.String(),
    server: Type.String(),
    namespace: nullable(Type.String()),
    notes: Type.Array(Type.String(), { description: 'What keeps all of it from being done, one sentence each.' }),
    effect: Type.Object(
      { words: Type.String(), before: ResourceSumSchema, after: ResourceSumSchema },
      { description: 'What it does to all bots, and what they ask of the cluster together.' },
    ),
    units: Type.Array(
      Type.Object({
        name: Type.String(),
        state: Type.Union([Type.Literal('present'), Type.Literal('removed'), Type.Literal('held')]),
        reason: Type.String({ description: 'Why a unit is held; else empty.' }),
        words: Type.String({ description: 'What happens to the bot: `restarts`; empty where nothing is written.' }),
        actions: Type.Array(
          Type.Object({
            action: Type.String(),
            kind: Type.String(),
            name: Type.String(),
            reason: Type.String(),
            effect: Type.String({
              description:
                'What it does to the bot: `none`, `hot` (takes effect while it runs), `volume_grows`, `recreate` (the object is made anew, the pod goes on), `restart`, `outage`, `destroys_data`.',
            }),
          }),
          { description: 'What would be written or is refused; empty where nothing changes.' },
        ),
      }),
    ),
  },
  { additionalProperties: false, $id: 'OfferPlan' },
);
export type OfferPlan = Static<typeof OfferPlanSchema>;
