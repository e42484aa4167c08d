import Type, { type Static } from 'typebox';
import { ApplierSchema } from '../../../constructs/schema/index.ts';
import { GitStateSchema } from './git-state.ts';
import type { Instance } from './instance.ts';
import { WAITING_FIELDS } from './waiting.ts';
import { CommitSignatureSchema } from './commit-signature.ts';
import { ConditionSchema } from './condition.ts';
import { nullable, PublishModeSchema, RepairSchema, ScreenSchema, TimeSchema, type ErrorBody } from './common.ts';

/** One rendered object in three states: on main, live (only fields we manage), and how they differ. */
export const ManifestSchema = Type.Object(
  {
    kind: Type.String(),
    name: Type.String(),
    file: nullable(Type.String({ description: 'Path in the instances repo; null for an object that main lacks.' })),
    main: nullable(Type.String({ description: 'YAML on main, sealed values as they are in git.' })),
    draft: nullable(Type.String({ description: 'YAML that the open draft renders; null without a draft.' })),
    live: nullable(
      Type.String({ description: 'YAML of the live object, fields that main manages; Secret data hidden.' }),
    ),
    diff: Type.Array(
      Type.Object({
        field: Type.String(),
        main: nullable(Type.String()),
        live: nullable(Type.String()),
        managers: Type.Array(Type.String(), { description: 'Programs beside Claworc that own what lives there.' }),
        changed_at: nullable(TimeSchema),
      }),
      { description: 'Fields in which live differs from main.' },
    ),
    state: Type.Union([
      Type.Literal('in_sync'),
      Type.Literal('differs'),
      Type.Literal('missing'),
      Type.Literal('extra'),
      Type.Literal('unknown'),
    ]),
    health: Type.String({ description: 'In words: `0 of 1 ready`, `bound, 5 GiB`.' }),
  },
  { additionalProperties: false },
);
export type Manifest = Static<typeof ManifestSchema>;

export const ManifestsSchema = Type.Object(
  {
    revision: nullable(Type.String({ description: 'Commit that last changed these manifests.' })),
    live_revision: nullable(
      Type.String({ description: 'Commit whose manifests the cluster runs; null where that can’t be said.' }),
    ),
    observed_at: nullable(TimeSchema),
    objects: Type.Array(ManifestSchema),
  },
  { additionalProperties: false, $id: 'Manifests' },
);
export type Manifests = Static<typeof ManifestsSchema>;

/** One entry of a bot's history: a draft, or a commit that touched it. */
export const ChangeSchema = Type.Object(
  {
    id: Type.String({ description: 'Edit id, or commit where there is none.' }),
    commit: nullable(Type.String()),
    message: Type.String(),
    author: Type.String(),
    at: TimeSchema,
    state: Type.Union([
      Type.Literal('draft'),
      Type.Literal('proposed'),
      Type.Literal('published'),
      Type.Literal('applied'),
      Type.Literal('failed'),
      Type.Literal('conflict'),
    ]),
    published_at: nullable(TimeSchema),
    applied_at: nullable(TimeSchema),
    applied_as: nullable(
      Type.String({ description: 'The commit that the cluster was brought to then: this one, or a later one.' }),
    ),
    healthy_at: nullable(TimeSchema),
    result: nullable(
      Type.Union([Type.Literal('healthy'), Type.Literal('stopped'), Type.Literal('unwell'), Type.Literal('gone')], {
        description: 'What the bot was after it was applied; `unwell` did not come up, and `detail` says why.',
      }),
    ),
    result_at: nullable(TimeSchema),
    action: Type.Union([Type.Literal('create'), Type.Literal('configure'), Type.Literal('remove')], {
      description: 'What it did to the bot: one name may have been several bots, one after the other.',
    }),
    proposal: nullable(Type.Integer({ description: 'Number of the proposal that brings it, or brought it to main.' })),
    signature: nullable(CommitSignatureSchema),
    detail: Type.String({
      description: 'What a step waits for, why it was refused, or what is left of a bot that is gone.',
    }),
    files: Type.Array(
      Type.Object({
        path: Type.String(),
        patch: nullable(Type.String({ description: 'Unified diff of the file; null where that is too large here.' })),
      }),
    ),
  },
  { additionalProperties: false },
);
export type Change = Static<typeof ChangeSchema>;

/** A commit with some of its files. */
export const CommitSchema = Type.Object(
  {
    ...ChangeSchema.properties,
    files_total: Type.Integer({ description: 'Files that the commit changed.' }),
    next: nullable(Type.String({ description: 'What `after` has to be for the files that follow; null: none do.' })),
  },
  { additionalProperties: false, $id: 'Commit' },
);
export type Commit = Static<typeof CommitSchema>;
export const HistorySchema = Type.Array(ChangeSchema, { $id: 'History' });

/** What the overview page shows beside the instance itself. */
export const OverviewSchema = Type.Object(
  {
    latest_change: nullable(ChangeSchema),
    keys: Type.Array(
      Type.Object({
        name: Type.String(),
        scope: Type.Union([Type.Literal('own'), Type.Literal('global')]),
        hint: Type.String(),
      }),
      { description: 'Keys in effect; `hint` is `****abcd` or `****`.' },
    ),
    status_rule: Type.String(),
    status_seen: Type.String(),
    status_next: Type.String({ description: 'What happens next, or what a person can do.' }),
    status_repair: RepairSchema,
    status_command: nullable(Type.String({ description: 'A command that helps, ready to be run.' })),
    conditions: Type.Array(ConditionSchema),
    status_since: nullable(TimeSchema),
    events: Type.Array(
      Type.Object({ at: TimeSchema, title: Type.String(), detail: Type.String(), tone: Type.String() }),
    ),
    fights: Type.Array(
      Type.Object({
        kind: Type.String(),
        name: Type.String(),
        count: Type.Integer({ description: 'How often it was put right in 10 minutes.' }),
        managers: Type.Array(Type.String(), { description: 'Who changes it, as far as the cluster tells.' }),
        goes_on_at: TimeSchema,
      }),
      { description: 'Objects that something else changes back each time; they rest until then.' },
    ),
    warnings: Type.Array(Type.String(), {
      description: 'Warnings of the API server, replica failures, and what the cluster changed on the way in.',
    }),
  },
  { additionalProperties: false, $id: 'Overview' },
);
export type Overview = Static<typeof OverviewSchema>;

/** What a write would commit, before it is published. */
export const PreviewSchema = Type.Object(
  {
    message: Type.String(),
    files: Type.Array(
      Type.Object({
        path: Type.String(),
        action: Type.Union([Type.Literal('create'), Type.Literal('configure'), Type.Literal('remove')]),
        patch: Type.String(),
      }),
    ),
    restarts: Type.Array(Type.String(), { description: 'Names of bots whose pod this restarts.' }),
  },
  { additionalProperties: false, $id: 'Preview' },
);
export type Preview = Static<typeof PreviewSchema>;

export const ActivitySchema = Type.Array(
  Type.Object(
    {
      id: Type.String(),
      at: TimeSchema,
      actor: Type.String(),
      signature: nullable(CommitSignatureSchema),
      message: Type.String(),
      instances: Type.Array(Type.String()),
      commit: nullable(Type.String()),
      state: Type.String(),
      detail: Type.String(),
      applied: Type.Integer({
        description: 'Of `instances`, those that the cluster was brought to this commit or a later one.',
      }),
    },
    { additionalProperties: false },
  ),
  { $id: 'Activity' },
);
export type Activity = Static<typeof ActivitySchema>;

/** The state of the whole loop: the foot of the navigation, the banner, and `/health`'s longer sister. */
export const FleetStateSchema = Type.Object(
  {
    namespace: Type.String(),
    applier: ApplierSchema,
    head: nullable(Type.String({ description: 'Commit of main.' })),
    applied: Type.Integer({ description: 'Units whose live objects equal main.' }),
    total: Type.Integer(),
    drafts: Type.Integer(),
    proposals: Type.Integer({ description: 'Open ones.' }),
    publish: PublishModeSchema,
    cluster: Type.Object({
      state: Type.Union([
        Type.Literal('connected'),
        Type.Literal('unreachable'),
        Type.Literal('none'),
        Type.Literal('offered'),
      ]),
      context: nullable(Type.String()),
      server: nullable(Type.String()),
      detail: Type.String({ description: 'What Claworc waits for and what to do; empty when connected.' }),
      last_seen: nullable(TimeSchema),
    }),
    git: GitStateSchema,
    problems: Type.Array(Type.Object({ file: Type.String(), line: nullable(Type.Integer()), message: Type.String() }), {
      description: 'What is wrong on main: broken records, units that are held.',
    }),
    standing: Type.Array(Type.String(), {
      description: 'What holds for the whole fleet until a person or the cluster ends it, one sentence each.',
    }),
    ...WAITING_FIELDS,
    leaving: Type.Array(
      Type.Object({ name: Type.String(), waits_for: Type.String(), objects: Type.Array(Type.String()) }),
      { description: 'Bots that main no longer has, as long as anything of them lives.' },
    ),
    retained: Type.Array(Type.Object({ instance: Type.String(), volumes: Type.Array(Type.String()) }), {
      description: 'Volumes of deleted bots that were kept.',
    }),
    started_at: TimeSchema,
    version: Type.String(),
  },
  { additionalProperties: false, $id: 'FleetState' },
);
export type FleetState = Static<typeof FleetStateSchema>;

export const TicketSchema = Type.Object(
  {
    ticket: Type.String(),
    screen: ScreenSchema,
    expires_at: TimeSchema,
    url: Type.String({ description: 'Path of the WebSocket, ticket included.' }),
  },
  { additionalProperties: false, $id: 'Ticket' },
);
export type Ticket = Static<typeof TicketSchema>;

export const HealthSchema = Type.Object(
  {
    status: Type.Union([Type.Literal('ok'), Type.Literal('degraded'), Type.Literal('starting')], {
      description: '`starting`: nothing else is answered yet; `git` says how far it is.',
    }),
    kubernetes: Type.String({ description: '`connected`, or what Claworc waits for.' }),
    database: Type.String(),
    git: Type.String(),
  },
  { additionalProperties: false, $id: 'Health' },
);
export type Health = Static<typeof HealthSchema>;

/** One line of a bot's log, the data of an SSE `line` event. */
export const LogLineSchema = Type.Object({ at: nullable(TimeSchema), text: Type.String() });
export type LogLine = Static<typeof LogLineSchema>;

/** Names and payloads of `GET /events`. */
export interface EventPayloads {
  /**
   * Which stream this is, and which build of the dashboard the server has (null: none). First, but after the changes that
   * a resumed one missed.
   */
  readonly stream: { readonly id: string; readonly build: string | null; readonly resumed: boolean };
  /**
   * Sent first on every connection, so that a client never needs a second request to be up to date: in pages, oldest bot
   * first. After the one without `more` the client knows the whole fleet.
   */
  readonly snapshot: {
    readonly instances: readonly Instance[];
    readonly fleet: FleetState;
    readonly first: boolean;
    readonly more: boolean;
  };
  readonly instance: Instance;
  readonly instance_removed: { readonly name: string };
  readonly fleet: FleetState;
  readonly activity: { readonly id: string };
  /** A proposal looks different now. */
  readonly proposal: { readonly number: number };
  /** A line of a log that the stream was told to carry. */
  readonly log: LogLine & { readonly key: string };
  readonly log_state: { readonly key: string } & (
    | { readonly state: 'following' }
    /** Nothing more comes. */
    | { readonly state: 'ended'; readonly reason: string }
    | { readonly state: 'refused'; readonly status: number; readonly error: ErrorBody }
  );
}
