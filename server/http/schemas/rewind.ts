import Type, { type Static } from 'typebox';
import { nullable } from './common.ts';

const CommitSchema = Type.String({ pattern: '^([0-9a-f]{40}|[0-9a-f]{64})$' });

/** Main doesn't come after what the cluster runs. */
export const RewindSchema = Type.Object(
  {
    commit: Type.String({ description: 'Commit of main.' }),
    last: nullable(
      Type.String({ description: 'Commit that the cluster was last brought to; null where it names none.' }),
    ),
    reason: Type.String(),
  },
  { additionalProperties: false, $id: 'Rewind' },
);
export type Rewind = Static<typeof RewindSchema>;

/** The two commits that a person saw: where others stand by now, nothing is accepted. */
export const AcceptRewindSchema = Type.Object(
  { commit: CommitSchema, last: nullable(CommitSchema) },
  { additionalProperties: false, $id: 'AcceptRewind' },
);
export type AcceptRewind = Static<typeof AcceptRewindSchema>;
