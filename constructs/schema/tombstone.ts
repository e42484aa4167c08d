import Type, { type Static } from 'typebox';
import { API_VERSION, metadataSchema } from './common.ts';
import { InstanceNameSchema } from './bot-instance.ts';

/** What happens to the data volumes of an instance that leaves. */
export const DataFateSchema = Type.Union([Type.Literal('retain'), Type.Literal('destroy')], {
  description: '`retain` keeps the volumes, labelled as retained; `destroy` deletes them with the rest.',
});

/** `tombstones/<name>.yaml`: the only way in which an instance leaves the cluster. */
export const TombstoneSchema = Type.Object(
  {
    apiVersion: Type.Literal(API_VERSION),
    kind: Type.Literal('Tombstone'),
    metadata: metadataSchema(InstanceNameSchema),
    spec: Type.Object(
      {
        data: DataFateSchema,
        at: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?Z$', description: 'UTC.' }),
        by: Type.String({ minLength: 1, maxLength: 200, description: 'Who removed the instance.' }),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false, title: 'Tombstone', description: 'An instance that is to be removed.' },
);

export type Tombstone = Static<typeof TombstoneSchema>;
export type DataFate = Static<typeof DataFateSchema>;
