import Type, { type Static } from 'typebox';
import { TimeSchema } from './common.ts';
import { EffectSchema } from './effect.ts';

const RevisionIdSchema = Type.String({
  pattern: '^[0-9a-f]{7,64}$',
  description: 'Commit id, whole or its first seven digits or more.',
});

export const CompareQuerySchema = Type.Object(
  { from: RevisionIdSchema, to: RevisionIdSchema },
  { additionalProperties: false },
);

/** A commit that was named. */
export const RevisionSchema = Type.Object(
  { commit: Type.String(), message: Type.String(), author: Type.String(), at: TimeSchema },
  { additionalProperties: false },
);
export type Revision = Static<typeof RevisionSchema>;

/** What lies between two commits. */
export const ComparisonSchema = Type.Object(
  {
    from: RevisionSchema,
    to: RevisionSchema,
    is_newer: Type.Boolean({ description: '`to` has `from` in its history.' }),
    effect: EffectSchema,
    files: Type.Array(
      Type.Object({ path: Type.String(), patch: Type.String({ description: 'Unified diff of the file.' }) }),
      { description: 'Records, tombstones and claworc.yaml that differ.' },
    ),
  },
  { additionalProperties: false, $id: 'Comparison' },
);
export type Comparison = Static<typeof ComparisonSchema>;

export const RestoreRequestSchema = Type.Object(
  { to: RevisionIdSchema },
  { additionalProperties: false, $id: 'RestoreRequest' },
);

/** What a restore would commit, before it is asked for. */
export const RestorePreviewSchema = Type.Object(
  {
    message: Type.String(),
    notes: Type.Array(Type.String(), { description: 'What stays as it is, or can’t be as it was, as sentences.' }),
    effect: EffectSchema,
    files: Type.Array(
      Type.Object({ path: Type.String(), patch: Type.String({ description: 'Unified diff of the file.' }) }),
      { description: 'Records, tombstones, keys and claworc.yaml; empty: main has it all already.' },
    ),
  },
  { additionalProperties: false, $id: 'RestorePreview' },
);
export type RestorePreview = Static<typeof RestorePreviewSchema>;
