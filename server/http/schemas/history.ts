import Type, { type Static } from 'typebox';
import { nullable, TimeSchema } from './common.ts';
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

const BlamedFieldSchema = Type.Object(
  {
    field: Type.String({
      description: 'Dotted path in `file`: `spec.resources.limits.memory`; of a key `keys.` and its name.',
    }),
    value: nullable(Type.String({ description: 'As YAML on one line; `sealed` of a key.' })),
    file: Type.String({
      description: 'The record, `claworc.yaml` for what the bot inherits, or the file of a sealed key.',
    }),
    commit: Type.String({ description: 'The commit of main that brought the value.' }),
    message: Type.String(),
    author: Type.String(),
    at: TimeSchema,
    or_older: Type.Boolean({ description: 'The history that was looked at ends with this commit.' }),
  },
  { additionalProperties: false },
);
export type BlamedField = Static<typeof BlamedFieldSchema>;

/** Who set which field of a bot. */
export const BlameSchema = Type.Object(
  {
    head: Type.String({ description: 'The commit of main that it is about.' }),
    fields: Type.Array(
      Type.Object(
        {
          ...BlamedFieldSchema.properties,
          api_field: Type.String({ description: 'Name of the field in an instance; `field` where it has none.' }),
          proposal: nullable(Type.Integer({ description: 'Number of the proposal that brought it.' })),
        },
        { additionalProperties: false },
      ),
    ),
    detail: Type.String({ description: 'What could not be told, and why; empty where all is.' }),
  },
  { additionalProperties: false, $id: 'Blame' },
);
export type Blame = Static<typeof BlameSchema>;

const removes = Type.Array(Type.String(), { description: 'Bots that main has and the commit has not.' });

export const FleetRestoreRequestSchema = Type.Object(
  {
    ...RestoreRequestSchema.properties,
    remove: Type.Optional(
      Type.Array(Type.String({ maxLength: 100 }), {
        maxItems: 10_000,
        description: 'Exactly the bots that this removes, as the preview names them. Default: none.',
      }),
    ),
  },
  { additionalProperties: false, $id: 'FleetRestoreRequest' },
);

export const FleetRestorePreviewSchema = Type.Object(
  { ...RestorePreviewSchema.properties, removes },
  { additionalProperties: false, $id: 'FleetRestorePreview' },
);
export type FleetRestorePreview = Static<typeof FleetRestorePreviewSchema>;

export const RestoredFleetSchema = Type.Object(
  { message: Type.String({ description: 'Of the commit; empty: main had it all already.' }), removes },
  { additionalProperties: false, $id: 'RestoredFleet' },
);
export type RestoredFleet = Static<typeof RestoredFleetSchema>;
