import Type, { type Static } from 'typebox';
import {
  DisplayNameSchema,
  ExposureSchema,
  ImageSchema,
  KEY_NAME_PATTERN,
  LONGEST_REASON,
  NODE_PORT_RANGE,
  ONE_LINE_PATTERN,
  QuantitySchema,
  ReconcileModeSchema,
} from '../../../constructs/schema/index.ts';
import { nullable, StatusSchema, SyncSchema, TimeSchema } from './common.ts';
import { WriteQuerySchema } from './proposals.ts';

/** One bot as the API shows it: a row of the fleet table and the head of its page. */
export const InstanceSchema = Type.Object(
  {
    id: Type.Integer({ description: '0 for a bot that is leaving: main has it no more.' }),
    name: Type.String(),
    display_name: Type.String(),
    status: StatusSchema,
    status_reason: Type.String({ description: 'Why, in words; empty when there is nothing to say.' }),
    nodeport_chrome: nullable(Type.Integer()),
    nodeport_terminal: nullable(Type.Integer()),
    cpu_request: Type.String(),
    cpu_limit: Type.String(),
    memory_request: Type.String(),
    memory_limit: Type.String(),
    storage_clawdbot: Type.String(),
    storage_homebrew: Type.String(),
    storage_clawd: Type.String(),
    storage_chrome: Type.String(),
    has_anthropic_override: Type.Boolean(),
    has_openai_override: Type.Boolean(),
    has_brave_override: Type.Boolean(),
    vnc_chrome_url: Type.String({ description: "Address of the page with the bot's Chrome screen." }),
    vnc_terminal_url: Type.String({ description: "Address of the page with the bot's terminal screen." }),
    created_at: TimeSchema,
    updated_at: TimeSchema,
    revision: nullable(
      Type.String({
        description: 'Commit that last changed the record or what it renders to; null while it is only a draft.',
      }),
    ),
    live_revision: nullable(
      Type.String({ description: 'Commit whose manifests the cluster runs; null where that can’t be said.' }),
    ),
    sync: SyncSchema,
    sync_reason: Type.String({ description: 'What a sync word means here: fields drifted, a refusal in words.' }),
    reconcile: Type.Object(
      {
        mode: ReconcileModeSchema,
        reason: nullable(Type.String()),
        from: Type.Union([Type.Literal('record'), Type.Literal('fleet')], {
          description: 'Which document says so; `fleet` too where neither does.',
        }),
      },
      { additionalProperties: false, description: 'Whether the cluster is brought to what main says of the bot.' },
    ),
    image: Type.String({ description: 'The image in effect.' }),
    vnc_exposure: ExposureSchema,
    inherited: Type.Array(Type.String(), { description: 'Names of fields above whose value comes from the settings.' }),
    leaving: nullable(
      Type.Object({
        data: nullable(Type.Union([Type.Literal('retain'), Type.Literal('destroy')])),
        waits_for: Type.String({ description: 'What keeps it, in words.' }),
      }),
    ),
  },
  { additionalProperties: false, $id: 'Instance' },
);
export type Instance = Static<typeof InstanceSchema>;

export const InstanceListSchema = Type.Array(InstanceSchema);

const resourceFields = {
  cpu_request: Type.Optional(QuantitySchema),
  cpu_limit: Type.Optional(QuantitySchema),
  memory_request: Type.Optional(QuantitySchema),
  memory_limit: Type.Optional(QuantitySchema),
  storage_clawdbot: Type.Optional(QuantitySchema),
  storage_homebrew: Type.Optional(QuantitySchema),
  storage_clawd: Type.Optional(QuantitySchema),
  storage_chrome: Type.Optional(QuantitySchema),
};

const nodePort = (description: string) =>
  Type.Optional(nullable(Type.Integer({ minimum: NODE_PORT_RANGE.first, maximum: NODE_PORT_RANGE.last, description })));

/** A pair may be chosen by either of its ports; `null` and nothing leave the choice to Claworc. */
const portFields = {
  nodeport_chrome: nodePort('Even port of the pair; the terminal gets the next. Default: the next free pair.'),
  nodeport_terminal: nodePort('The port after nodeport_chrome.'),
};

/** An API key on its way in; `null` takes it away (the global key is used again). Never sent back. */
export const KeyInputSchema = Type.Union([Type.String({ minLength: 1, maxLength: 32_768 }), Type.Null()], {
  writeOnly: true,
});

export const keyFields = {
  anthropic_api_key: Type.Optional(KeyInputSchema),
  openai_api_key: Type.Optional(KeyInputSchema),
  brave_api_key: Type.Optional(KeyInputSchema),
  api_keys: Type.Optional(
    Type.Record(Type.String({ pattern: KEY_NAME_PATTERN }), KeyInputSchema, {
      additionalProperties: false,
      description: 'Any further key, by the name of its environment variable: capitals, digits and underscores.',
    }),
  ),
};

export const CreateInstanceSchema = Type.Object(
  {
    display_name: DisplayNameSchema,
    ...resourceFields,
    ...keyFields,
    image: Type.Optional(ImageSchema),
    vnc_exposure: Type.Optional(ExposureSchema),
    ...portFields,
    clawdbot_config: Type.Optional(Type.String({ maxLength: 49_152, description: 'A JSON object as text.' })),
    reuse_volumes: Type.Optional(
      Type.Boolean({ description: 'Take over the retained volumes of a deleted bot of this name.' }),
    ),
  },
  { additionalProperties: false, $id: 'CreateInstance' },
);
export type CreateInstance = Static<typeof CreateInstanceSchema>;

export const updateFields = {
  display_name: Type.Optional(DisplayNameSchema),
  cpu_request: Type.Optional(nullable(QuantitySchema)),
  cpu_limit: Type.Optional(nullable(QuantitySchema)),
  memory_request: Type.Optional(nullable(QuantitySchema)),
  memory_limit: Type.Optional(nullable(QuantitySchema)),
  storage_clawdbot: Type.Optional(QuantitySchema),
  storage_homebrew: Type.Optional(QuantitySchema),
  storage_clawd: Type.Optional(QuantitySchema),
  storage_chrome: Type.Optional(QuantitySchema),
  image: Type.Optional(nullable(ImageSchema)),
  vnc_exposure: Type.Optional(nullable(ExposureSchema)),
  ...portFields,
  ...keyFields,
};

/** Only what is given is changed; `null` lets a field be inherited again. */
export const UpdateInstanceSchema = Type.Object(updateFields, { additionalProperties: false, $id: 'UpdateInstance' });
export type UpdateInstance = Static<typeof UpdateInstanceSchema>;

/** Nothing of the bot is written from then on; it is compared and shown as before. */
export const SuspendSchema = Type.Object(
  {
    mode: Type.Optional(
      Type.Union([Type.Literal('detect'), Type.Literal('suspend')], {
        description: '`detect`: drift is still told as such. Default `suspend`.',
      }),
    ),
    reason: Type.Optional(
      Type.String({
        maxLength: LONGEST_REASON,
        pattern: ONE_LINE_PATTERN,
        description: 'Why, one line; it is kept in the record.',
      }),
    ),
  },
  { additionalProperties: false, $id: 'Suspend' },
);
export type Suspend = Static<typeof SuspendSchema>;

export const DeleteQuerySchema = Type.Object(
  {
    data: Type.Optional(Type.Union([Type.Literal('retain'), Type.Literal('destroy')])),
    ...WriteQuerySchema.properties,
  },
  { additionalProperties: false },
);

/** `clawdbot.json` of one bot. */
export const ConfigSchema = Type.Object(
  {
    config: Type.String({ description: 'The text of clawdbot.json, exactly as it was typed.' }),
    revision: nullable(Type.String({ description: 'Send it back as If-Match.' })),
  },
  { additionalProperties: false, $id: 'Config' },
);
export type Config = Static<typeof ConfigSchema>;

export const PutConfigSchema = Type.Object(
  { config: Type.String({ maxLength: 49_152 }) },
  { additionalProperties: false, $id: 'PutConfig' },
);
export type PutConfig = Static<typeof PutConfigSchema>;

/** The pair that a bot would be given now. */
export const OfferedPortsSchema = Type.Object(
  {
    nodeport_chrome: nullable(Type.Integer({ description: 'Null when every pair is taken.' })),
    nodeport_terminal: nullable(Type.Integer()),
    judged_by: Type.Union([Type.Literal('cluster'), Type.Literal('namespace'), Type.Literal('records')], {
      description:
        '`cluster`: records and the Services of all namespaces; `namespace`: only the fleet’s namespace could be seen; `records`: no cluster was asked.',
    }),
  },
  { additionalProperties: false, $id: 'OfferedPorts' },
);
export type OfferedPorts = Static<typeof OfferedPortsSchema>;
