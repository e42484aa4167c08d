import Type, { type Static } from 'typebox';
import { nullable } from './common.ts';

/** One field of a record, of claworc.yaml or of a key, that differs between two commits. Values as YAML on one line. */
export const FieldChangeSchema = Type.Object(
  {
    field: Type.String({ description: 'Dotted path, `spec.resources.limits.memory`; of a key its name.' }),
    before: nullable(Type.String({ description: 'Null: not set. Of a key `****`.' })),
    after: nullable(Type.String()),
    file: Type.String({ description: 'Path in the instances repo.' }),
    line: nullable(Type.Integer({ description: 'Line of `after` in its file; null for a field that is gone.' })),
  },
  { additionalProperties: false },
);
export type FieldChange = Static<typeof FieldChangeSchema>;

/** What a change means for one bot, told without asking a cluster. */
export const BotEffectSchema = Type.Object(
  {
    name: Type.String({ description: 'The bot, or `fleet` for what all of them share.' }),
    action: Type.Union([Type.Literal('create'), Type.Literal('configure'), Type.Literal('remove')]),
    restart: Type.Union([Type.Literal('no'), Type.Literal('restart'), Type.Literal('start'), Type.Literal('stop')], {
      description: '`restart`: its pod is replaced.',
    }),
    data: Type.Union([Type.Literal('none'), Type.Literal('kept'), Type.Literal('grown'), Type.Literal('destroyed')], {
      description: 'What becomes of its volumes.',
    }),
    words: Type.Array(Type.String(), { description: 'The effects as sentences, the gravest first.' }),
    fields: Type.Array(FieldChangeSchema),
    objects: Type.Array(
      Type.Object({
        kind: Type.String(),
        name: Type.String(),
        action: Type.Union([
          Type.Literal('create'),
          Type.Literal('configure'),
          Type.Literal('replace'),
          Type.Literal('retain'),
          Type.Literal('prune'),
        ]),
        file: Type.String(),
        patch: Type.String({ description: 'Unified diff of the manifest; sealed values hidden.' }),
      }),
    ),
  },
  { additionalProperties: false },
);
export type BotEffect = Static<typeof BotEffectSchema>;

/** What all bots ask for together, as Kubernetes quantities. */
export const ResourceSumSchema = Type.Object(
  { cpu: Type.String(), memory: Type.String(), volumes: Type.String(), bots: Type.Integer() },
  { additionalProperties: false },
);

/** What lies between two commits of an instances repo. */
export const EffectSchema = Type.Object(
  {
    base: nullable(Type.String({ description: 'Commit; null: from nothing.' })),
    head: Type.String(),
    bots: Type.Array(BotEffectSchema, {
      description: 'Gravest first: removed, replaced or restarted, changed, created.',
    }),
    resources: Type.Object({ before: ResourceSumSchema, after: ResourceSumSchema }),
    problems: Type.Array(
      Type.Object({
        file: Type.String(),
        line: nullable(Type.Integer()),
        message: Type.String(),
        severity: Type.Union([Type.Literal('error'), Type.Literal('warning')]),
      }),
      { description: 'What verify says of `head`, and what the policy of `base` does not allow.' },
    ),
    unrendered: Type.Array(Type.String(), {
      description:
        'Bots whose dist/ at `head` is not what their record renders to since that changed; the effect is that of the rendering. One whose dist/ alone was changed is in `problems`.',
    }),
  },
  { additionalProperties: false, $id: 'Effect' },
);
export type Effect = Static<typeof EffectSchema>;
