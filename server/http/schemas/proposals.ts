import Type, { type Static } from 'typebox';
import { nullable, TimeSchema } from './common.ts';
import { EffectSchema } from './effect.ts';

const ChangedBySchema = Type.Object(
  {
    commit: Type.String(),
    message: Type.String(),
    author: Type.String(),
    at: TimeSchema,
  },
  { additionalProperties: false, description: 'The commit that gave it this value; null where it is not found.' },
);

/** A field that was changed on main and in the proposal. */
export const ProposalConflictSchema = Type.Object(
  {
    unit: Type.String(),
    field: Type.String({
      description:
        'Path, `spec.image` or `metadata.annotations["example.com/team"]`; that of a file, where its two versions can\'t be merged; empty: the whole document (changed on one side, removed on the other).',
    }),
    whole: Type.Boolean({
      description: 'A document or a file, of which one side can be taken and no other value be given.',
    }),
    base: nullable(Type.Unknown()),
    main: nullable(Type.Unknown()),
    main_by: nullable(ChangedBySchema),
    proposal: nullable(Type.Unknown()),
    proposal_by: nullable(ChangedBySchema),
  },
  { additionalProperties: false },
);
export type ProposalConflict = Static<typeof ProposalConflictSchema>;

export const ProposalCheckSchema = Type.Object(
  {
    name: Type.String({ description: '`verify`, `owners`, or the name that the forge gives.' }),
    state: Type.Union([Type.Literal('ok'), Type.Literal('failed'), Type.Literal('waiting')]),
    detail: Type.String(),
    url: nullable(Type.String()),
  },
  { additionalProperties: false },
);

export type ProposalCheck = Static<typeof ProposalCheckSchema>;

export const ProposalSchema = Type.Object(
  {
    number: Type.Integer({ description: 'Of this server; never used again.' }),
    title: Type.String(),
    description: Type.String(),
    branch: Type.String({ description: 'Short name.' }),
    state: Type.Union([Type.Literal('open'), Type.Literal('merged'), Type.Literal('closed')]),
    head: nullable(Type.String({ description: 'Commit of the branch; null before the first edit is on it.' })),
    base: nullable(Type.String({ description: 'Where it left main.' })),
    behind: Type.Integer({ description: 'Commits of main since `base`.' }),
    author: Type.String(),
    opened_at: TimeSchema,
    closed_at: nullable(TimeSchema),
    merged_as: nullable(Type.String({ description: 'Commit of main.' })),
    bots: Type.Array(Type.String(), { description: 'Whom it is about; `fleet` for claworc.yaml.' }),
    creates: Type.Array(Type.String(), { description: 'Of `bots` those that main has not.' }),
    removes: Type.Array(Type.String(), { description: 'Of `bots` those that it takes away.' }),
    edits: Type.Array(
      Type.Object({
        id: Type.String(),
        message: Type.String(),
        author: Type.String(),
        at: TimeSchema,
        state: Type.String(),
      }),
    ),
    conflicts: Type.Array(ProposalConflictSchema),
    checks: Type.Array(ProposalCheckSchema),
    reviews: Type.Array(
      Type.Object({
        by: Type.String(),
        state: Type.Union([Type.Literal('approved'), Type.Literal('changes_requested'), Type.Literal('commented')]),
        at: nullable(Type.String({ description: 'As the forge gives it; null where it doesn’t tell.' })),
      }),
      { description: 'At the forge: the last word of each reviewer.' },
    ),
    may_merge: Type.Boolean(),
    waits_for: Type.String({
      description: 'Why it can’t be merged here now, or what comes next; empty where nothing is in the way.',
    }),
    forge: nullable(
      Type.Object({
        kind: Type.String({ description: '`github`, `gitlab` or `gitea`.' }),
        number: Type.Integer({ description: 'Of its pull request.' }),
        url: Type.String(),
      }),
    ),
  },
  { additionalProperties: false, $id: 'Proposal' },
);
export type Proposal = Static<typeof ProposalSchema>;

export const ProposalsSchema = Type.Array(ProposalSchema, { $id: 'Proposals' });

/** Pull requests whose branch is in a fork: looked at, checked and merged at the forge alone. */
export const ForkPullsSchema = Type.Array(
  Type.Object(
    {
      number: Type.Integer({ description: 'At the forge.' }),
      title: Type.String(),
      author: Type.String(),
      branch: Type.String({ description: 'Of the fork.' }),
      url: Type.String(),
    },
    { additionalProperties: false },
  ),
  { $id: 'ForkPulls' },
);
export type ForkPulls = Static<typeof ForkPullsSchema>;

const KeyOfProposalSchema = {
  unit: Type.String({ maxLength: 100, description: 'A bot, or `fleet` for a global key.' }),
  key: Type.String({ maxLength: 200, description: 'The environment variable.' }),
};

/** An API key that a proposal has otherwise than main. */
const ProposedKeySchema = Type.Object(
  {
    ...KeyOfProposalSchema,
    what: Type.Union([Type.Literal('set'), Type.Literal('changed'), Type.Literal('removed')], {
      description: '`set`: main has none.',
    }),
  },
  { additionalProperties: false },
);
export type ProposedKey = Static<typeof ProposedKeySchema>;

export const TakeKeyOutSchema = Type.Object(KeyOfProposalSchema, { additionalProperties: false, $id: 'TakeKeyOut' });

/** One proposal with what it would do. */
export const ProposalPageSchema = Type.Object(
  {
    proposal: ProposalSchema,
    effect: nullable(EffectSchema),
    keys: Type.Array(ProposedKeySchema, {
      description: 'Keys that it changes, each of which `take-key-out` puts back to what main has.',
    }),
  },
  { additionalProperties: false, $id: 'ProposalPage' },
);
export type ProposalPage = Static<typeof ProposalPageSchema>;

export const ProposalRequestSchema = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 200 }),
    description: Type.Optional(Type.String({ maxLength: 10_000 })),
  },
  { additionalProperties: false, $id: 'ProposalRequest' },
);
export type ProposalRequest = Static<typeof ProposalRequestSchema>;

export const ProposalParamsSchema = Type.Object({
  number: Type.String({ pattern: '^[1-9][0-9]{0,8}$', description: 'Number of the proposal.' }),
});

export const CloseProposalSchema = Type.Object(
  {
    edits: Type.Optional(
      Type.Union([Type.Literal('keep'), Type.Literal('discard')], {
        description: '`keep`: as drafts that wait for a person. Default `keep`.',
      }),
    ),
  },
  { additionalProperties: false, $id: 'CloseProposal' },
);

const ProposalChoiceSchema = Type.Object(
  {
    unit: Type.String({ maxLength: 100 }),
    field: Type.String({ maxLength: 500, description: 'As in `conflicts`.' }),
    take: Type.Union([Type.Literal('main'), Type.Literal('proposal'), Type.Literal('value')]),
    value: Type.Optional(Type.Unknown({ description: 'With `take: value`; null: not set.' })),
  },
  { additionalProperties: false },
);
export type ProposalChoice = Static<typeof ProposalChoiceSchema>;

export const ResolveProposalSchema = Type.Object(
  { choices: Type.Array(ProposalChoiceSchema, { maxItems: 1000 }) },
  { additionalProperties: false, $id: 'ResolveProposal' },
);

const CHOICES = '^[A-Za-z0-9_-]{22}(,[A-Za-z0-9_-]{22}){0,99}$';

/** Where a write goes. */
export const WriteQuerySchema = Type.Object(
  {
    proposal: Type.Optional(
      Type.String({
        pattern: '^[1-9][0-9]{0,8}$',
        description: 'Number of the open proposal that this goes to; without it, to main. The answer is then 202.',
      }),
    ),
    propose: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description:
          'Title of a proposal that this opens; a write that is refused leaves none. `claworc-proposal` of the answer has its number.',
      }),
    ),
    mine: Type.Optional(
      Type.String({
        pattern: CHOICES,
        description:
          'With commas: the `choice` of each conflict of an earlier try in which this write wins. It counts as long as the other side has what was shown.',
      }),
    ),
    theirs: Type.Optional(
      Type.String({ pattern: CHOICES, description: 'The same for conflicts in which what is there stays.' }),
    ),
  },
  { additionalProperties: false },
);
export type WriteQuery = Static<typeof WriteQuerySchema>;
