import Type, { type Static } from 'typebox';
import { nullable, TimeSchema } from './common.ts';

/** How main stands, here and on its remote. */
export const GitStateSchema = Type.Object(
  {
    state: Type.Union(
      [
        Type.Literal('following'),
        Type.Literal('unreachable'),
        Type.Literal('too_large'),
        Type.Literal('unsigned'),
        Type.Literal('rewritten'),
        Type.Literal('remote'),
      ],
      {
        description:
          '`following`: main is here and published to. `unreachable`: the repository here can’t be read or written. `too_large`: main is beyond the caps. `unsigned`: main demands signatures, and what this server writes would have none that counts. `rewritten`: a person has to accept another history. `remote`: the remote can’t be reached or used.',
      },
    ),
    detail: Type.String({ description: 'What is so, why, and what helps; empty when following.' }),
    waits_for: nullable(
      Type.String({ description: 'What drafts wait for beyond their turn, in a few words; null when following.' }),
    ),
    trouble: nullable(
      Type.String({ description: 'Of `remote`: `unreachable`, `unauthorized`, `protected`, `branch_gone` ...' }),
    ),
    heads: nullable(
      Type.Object(
        { ours: Type.String(), theirs: nullable(Type.String()) },
        { additionalProperties: false, description: 'Of `rewritten`: what was published last, and what main is now.' },
      ),
    ),
    remote: nullable(
      Type.Object(
        {
          url: Type.String({ description: 'Without anything that opens it.' }),
          branch: Type.String(),
          last_seen: nullable(TimeSchema),
          branches: Type.String({
            description: 'Why branches beside main are not here as they are there; empty where they are.',
          }),
          forge: nullable(
            Type.Object(
              {
                kind: Type.String({ description: '`github`, `gitlab` or `gitea`.' }),
                title: Type.String({ description: 'The repository there.' }),
                trouble: Type.String({ description: 'Why it can’t be asked, and until when; empty where it answers.' }),
              },
              { additionalProperties: false, description: 'Where proposals are pull requests.' },
            ),
          ),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false, $id: 'GitState' },
);
export type GitState = Static<typeof GitStateSchema>;

/** Which head a person saw before accepting it. */
export const AcceptHeadSchema = Type.Object(
  { head: Type.String({ pattern: '^([0-9a-f]{40}|[0-9a-f]{64})$', description: 'The commit that main is at now.' }) },
  { additionalProperties: false, $id: 'AcceptHead' },
);

const HeadCommitSchema = Type.Object(
  {
    commit: Type.String(),
    message: Type.String({ description: 'Its first line.' }),
    author: Type.String(),
    at: TimeSchema,
  },
  { additionalProperties: false },
);

/** One of two heads that are no continuation of each other. */
export const HeadSideSchema = Type.Object(
  {
    commit: Type.String(),
    latest: nullable(HeadCommitSchema),
    own: nullable(Type.Array(HeadCommitSchema, { description: 'What the other has not, newest first.' })),
    more: Type.Boolean({ description: 'It has more commits of its own than are listed.' }),
  },
  { additionalProperties: false },
);
export type HeadSide = Static<typeof HeadSideSchema>;

/** Of a rewritten main: what was published last, and what main is now. */
export const HeadsSchema = Type.Object(
  { ours: HeadSideSchema, theirs: nullable(HeadSideSchema) },
  { additionalProperties: false, $id: 'Heads' },
);
export type Heads = Static<typeof HeadsSchema>;
