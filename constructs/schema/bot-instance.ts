import Type, { type Static } from 'typebox';
import {
  API_VERSION,
  EnvSchema,
  ExposureSchema,
  ImageSchema,
  metadataSchema,
  ResourcesSchema,
  RuntimeSchema,
  StorageSchema,
} from './common.ts';
import { INSTANCE_NAME_PATTERN, MAX_INSTANCE_NAME } from './names.ts';
import { ONE_LINE_PATTERN } from './one-line.ts';
import { ReconcileSchema } from './reconcile.ts';

export const InstanceNameSchema = Type.String({
  pattern: INSTANCE_NAME_PATTERN,
  maxLength: MAX_INSTANCE_NAME,
  description: 'Name of the instance and of its Deployment, `bot-` first.',
});

/** One line of text: it is shown in tables and stands in the subject of commits. */
export const DisplayNameSchema = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: ONE_LINE_PATTERN,
  description: 'The name that people see, one line.',
});

/** Lowest and highest port of the range that screens may be exposed on. */
export const NODE_PORT_RANGE = { first: 30100, last: 30199 } as const;

const nodePort = (description: string) =>
  Type.Integer({ minimum: NODE_PORT_RANGE.first, maximum: NODE_PORT_RANGE.last, description });

export const NodePortsSchema = Type.Object(
  {
    chrome: nodePort('Even port of the pair.'),
    terminal: nodePort('The port after `chrome`.'),
  },
  { additionalProperties: false, description: 'The even and odd pair of this instance; unique over the whole fleet.' },
);

/** The record of one bot: `instances/<name>.yaml`. */
export const BotInstanceSchema = Type.Object(
  {
    apiVersion: Type.Literal(API_VERSION),
    kind: Type.Literal('BotInstance'),
    metadata: metadataSchema(InstanceNameSchema),
    spec: Type.Object(
      {
        displayName: DisplayNameSchema,
        runtime: Type.Optional(RuntimeSchema),
        state: Type.Optional(
          Type.Union([Type.Literal('running'), Type.Literal('stopped')], {
            description: '`stopped` keeps every object and volume with zero replicas. Default `running`.',
          }),
        ),
        restartedAt: Type.Optional(
          Type.String({
            pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?Z$',
            description: 'Changing it restarts the bot. Set by the restart action; UTC.',
          }),
        ),
        reconcile: Type.Optional(ReconcileSchema),
        image: Type.Optional(ImageSchema),
        resources: Type.Optional(ResourcesSchema),
        storage: StorageSchema,
        exposure: Type.Optional(ExposureSchema),
        nodePorts: Type.Optional(NodePortsSchema),
        env: Type.Optional(EnvSchema),
        vnc: Type.Optional(
          Type.Object(
            {
              resolution: Type.Optional(
                Type.String({
                  pattern: '^[1-9][0-9]{2,3}x[1-9][0-9]{2,3}$',
                  description: 'Width and height of both screens.',
                }),
              ),
              depth: Type.Optional(
                Type.Union([Type.Literal(16), Type.Literal(24)], { description: 'Bits of colour per pixel.' }),
              ),
            },
            { additionalProperties: false, description: 'Size and depth of both screens. Default 1920x1080, 24.' },
          ),
        ),
        config: Type.Optional(
          Type.String({
            maxLength: 49_152,
            description: 'The text of clawdbot.json: one JSON object, kept exactly as it was typed. Default `{}`.',
          }),
        ),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false, title: 'BotInstance', description: 'The record of one bot.' },
);

export type BotInstance = Static<typeof BotInstanceSchema>;
export type NodePorts = Static<typeof NodePortsSchema>;
