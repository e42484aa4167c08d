import Type, { type Static } from 'typebox';

/** Whose signature a commit carries. */
export const CommitSignatureSchema = Type.Object(
  {
    state: Type.Union(
      [
        Type.Literal('good'),
        Type.Literal('unsigned'),
        Type.Literal('unlisted'),
        Type.Literal('bad'),
        Type.Literal('out_of_time'),
        Type.Literal('unknown'),
      ],
      {
        description:
          '`unlisted`: by a key that nobody listed. `bad`: it does not fit the commit. `out_of_time`: the key was not valid then, or was revoked. `unknown`: it can’t be checked here.',
      },
    ),
    words: Type.String({ description: '`signed by ada@example.com`, `not signed` ...' }),
  },
  { additionalProperties: false, description: 'Null where claworc.yaml lists nobody who signs.' },
);
export type CommitSignature = Static<typeof CommitSignatureSchema>;
