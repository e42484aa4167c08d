import Type, { type Static } from 'typebox';
import { DataFateSchema } from '../../../constructs/schema/index.ts';
import { nullable, TimeSchema } from './common.ts';

/** Removals of main that don't begin now. */
export const RemovalsSchema = Type.Object(
  {
    commit: Type.String({ description: 'Commit whose tombstones they are.' }),
    hash: nullable(Type.String({ description: 'What an approval names; null where none of them waits for one.' })),
    count: Type.Integer({ description: 'Bots that this step of main would remove.' }),
    limit: Type.Integer({ description: 'Bots that it may remove without an approval.' }),
    bots: Type.Array(
      Type.Object({
        name: Type.String(),
        kind: Type.Union([Type.Literal('bot'), Type.Literal('kept_data')], {
          description: '`kept_data`: the bot left before, and volumes that were kept are to be destroyed.',
        }),
        data: DataFateSchema,
        waits_for: Type.Union([Type.Literal('approval'), Type.Literal('turn'), Type.Literal('delay')], {
          description:
            '`turn`: so many may begin within a minute. `delay`: it is approved, and may still be called back.',
        }),
        until: nullable(TimeSchema),
      }),
    ),
  },
  { additionalProperties: false, $id: 'Removals' },
);
export type Removals = Static<typeof RemovalsSchema>;

/** What a person saw: where something else waits by now, nothing is approved. */
export const ApproveRemovalsSchema = Type.Object(
  {
    commit: Type.String({ pattern: '^([0-9a-f]{40}|[0-9a-f]{64})$' }),
    hash: Type.String({ pattern: '^[0-9a-f]{12}$' }),
  },
  { additionalProperties: false, $id: 'ApproveRemovals' },
);
export type ApproveRemovals = Static<typeof ApproveRemovalsSchema>;
