import Type, { type Static } from 'typebox';
import { DataFateSchema } from '../../../constructs/schema/tombstone.ts';
import { ScreenSchema } from './common.ts';
import { updateFields } from './instance.ts';

export const IdParamsSchema = Type.Object({
  id: Type.String({ maxLength: 100, description: 'Number or name of the instance.' }),
});

export const ScreenParamsSchema = Type.Object({
  id: Type.String({ maxLength: 100, description: 'Number or name of the instance.' }),
  screen: ScreenSchema,
});

export const CommitParamsSchema = Type.Object({
  sha: Type.String({ pattern: '^[0-9a-f]{40}([0-9a-f]{24})?$', description: 'The whole commit id.' }),
});

/** The base of a merge (PUT of an instance), or the only revision that may be replaced (PUT of a config). */
export const IfMatchSchema = Type.Object({
  'if-match': Type.Optional(Type.String({ maxLength: 200, description: 'The revision that the person saw.' })),
});

export const LogsQuerySchema = Type.Object(
  {
    tail: Type.Optional(Type.String({ pattern: '^[0-9]{1,5}$', description: 'Lines from the past. Default 100.' })),
    follow: Type.Optional(Type.Union([Type.Literal('true'), Type.Literal('false')], { description: 'Default true.' })),
  },
  { additionalProperties: false },
);

export const PageQuerySchema = Type.Object(
  { limit: Type.Optional(Type.String({ pattern: '^[0-9]{1,3}$', description: 'At most so many. Default 50.' })) },
  { additionalProperties: false },
);

export const HistoryQuerySchema = Type.Object(
  {
    ...PageQuerySchema.properties,
    after: Type.Optional(
      Type.String({
        pattern: '^[0-9a-f]{40,64}[.][0-9]{1,9}$',
        description: 'Goes on behind a page, as the `Link` header of its answer says.',
      }),
    ),
  },
  { additionalProperties: false },
);

export const ActivityQuerySchema = Type.Object(
  {
    ...PageQuerySchema.properties,
    after: Type.Optional(
      Type.String({
        pattern: '^[0-9a-f]{40,64}[.][0-9]{1,9}[.][0-9]{1,16}$',
        description: 'Goes on behind a page, as the `Link` header of its answer says.',
      }),
    ),
  },
  { additionalProperties: false },
);

export const CommitQuerySchema = Type.Object(
  {
    after: Type.Optional(Type.String({ maxLength: 4_096, description: 'Files behind this one, as `next` says.' })),
    limit: Type.Optional(
      Type.String({ pattern: '^[0-9]{1,3}$', description: 'At most so many files, and never over 100. Default 50.' }),
    ),
  },
  { additionalProperties: false },
);

export const PortsQuerySchema = Type.Object(
  { instance: Type.Optional(Type.String({ maxLength: 100, description: 'Bot whose own pair counts as free.' })) },
  { additionalProperties: false },
);

/** Actions that take no arguments accept no body, or an empty object. */
export const NoBodySchema = Type.Object({}, { additionalProperties: false });

/**
 * A change of one instance that is asked about and not made: the fields of its PUT, or the text of its config, or an
 * action with what the action takes.
 */
export const ChangeRequestSchema = Type.Object(
  {
    ...updateFields,
    config: Type.Optional(Type.String({ maxLength: 49_152, description: 'Text of clawdbot.json.' })),
    action: Type.Optional(
      Type.Union([Type.Literal('start'), Type.Literal('stop'), Type.Literal('restart'), Type.Literal('delete')]),
    ),
    data: Type.Optional(DataFateSchema),
  },
  { additionalProperties: false, $id: 'ChangeRequest' },
);
export type ChangeRequest = Static<typeof ChangeRequestSchema>;

export const TicketRequestSchema = Type.Object(
  {
    mode: Type.Optional(
      Type.Union([Type.Literal('view'), Type.Literal('control')], {
        description: '`view` lets no input through. Default `control`.',
      }),
    ),
  },
  { additionalProperties: false, $id: 'TicketRequest' },
);
export type TicketRequest = Static<typeof TicketRequestSchema>;

/** Says which offer is accepted; without it the one that is open. */
export const AcceptClusterSchema = Type.Object(
  { context: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'The context of the offer.' })) },
  { additionalProperties: false, $id: 'AcceptCluster' },
);

export const StreamParamsSchema = Type.Object({
  stream: Type.String({ maxLength: 64, description: 'The `id` that the stream began with.' }),
});

/** Which logs an event stream carries. */
export const StreamLogsSchema = Type.Object(
  {
    logs: Type.Array(
      Type.Object(
        {
          key: Type.String({ minLength: 1, maxLength: 40, description: 'Stands on its events; chosen by the client.' }),
          instance: Type.String({ maxLength: 100, description: 'Number or name of the instance.' }),
          tail: Type.Integer({ minimum: 0, maximum: 5000, description: 'Lines from the past.' }),
        },
        { additionalProperties: false },
      ),
      { maxItems: 64 },
    ),
  },
  { additionalProperties: false, $id: 'StreamLogs' },
);
export type StreamLogs = Static<typeof StreamLogsSchema>;
