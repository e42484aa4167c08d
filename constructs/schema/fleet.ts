import Type, { type Static } from 'typebox';
import { ApplierSchema } from './applier.ts';
import {
  API_VERSION,
  EnvSchema,
  ExposureSchema,
  ImageSchema,
  metadataSchema,
  QuantitySchema,
  StorageSchema,
} from './common.ts';
import { POLICY_RULES } from './policy.ts';
import { ReconcileSchema } from './reconcile.ts';
import { RolloutSchema } from './rollout.ts';

/**
 * The newest version of the output that synth of this program makes. claworc.yaml says which one a repository wants, and
 * every version down to 1 goes on being made byte for byte: an upgrade replaces pods, so a person asks for it.
 */
export const RENDERING = 2;

const compute = Type.Object({ cpu: QuantitySchema, memory: QuantitySchema }, { additionalProperties: false });

/** Kinds whose fields may be left to the cluster. A key is what main says, always. */
export const LeavableKindSchema = Type.Union(
  [
    Type.Literal('Deployment'),
    Type.Literal('Service'),
    Type.Literal('PersistentVolumeClaim'),
    Type.Literal('ConfigMap'),
    Type.Literal('NetworkPolicy'),
  ],
  { description: 'Kind of the objects.' },
);

/** A field as plans and diffs write it; at least one step below the top. */
export const FIELD_PATTERN = '^[a-z][A-Za-z0-9]*(\\.[A-Za-z0-9_-]+|\\[[^\\[\\]]+\\])+$';

const LeftFieldsSchema = Type.Object(
  {
    kind: LeavableKindSchema,
    name: Type.Optional(
      Type.String({
        pattern: '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$',
        maxLength: 253,
        description: 'Name of the one object that is meant; without it all of the kind.',
      }),
    ),
    fields: Type.Array(Type.String({ pattern: FIELD_PATTERN, maxLength: 512 }), {
      description: 'Each with all that is below it, written as `claworc plan` writes it.',
    }),
  },
  { additionalProperties: false },
);

export const LeftFieldsListSchema = Type.Array(LeftFieldsSchema, {
  description: 'Fields that are the cluster\'s once an object exists, see "Fields that are left to the cluster".',
});
export type LeftFields = Static<typeof LeftFieldsSchema>;

/** claworc.yaml: what holds for the whole fleet. */
export const FleetSchema = Type.Object(
  {
    apiVersion: Type.Literal(API_VERSION),
    kind: Type.Literal('Fleet'),
    metadata: metadataSchema(Type.String({ pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$', maxLength: 63 })),
    spec: Type.Object(
      {
        namespace: Type.String({
          pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
          maxLength: 63,
          description: 'The namespace of every object of the fleet.',
        }),
        rendering: Type.Integer({
          minimum: 1,
          description:
            'Version of the rendered output, see "Versions of the output" in docs/records.md. Raising it changes every bot, and restarts it.',
        }),
        applier: Type.Optional(ApplierSchema),
        reconcile: Type.Optional(ReconcileSchema),
        rollout: Type.Optional(RolloutSchema),
        image: ImageSchema,
        imagePullSecrets: Type.Optional(
          Type.Array(Type.String({ pattern: '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$', maxLength: 253 }), {
            description: 'Names of Secrets that hold registry credentials. Default `[ghcr-secret]`.',
          }),
        ),
        resources: Type.Object(
          { requests: compute, limits: compute },
          { additionalProperties: false, description: 'Inherited by every record that does not say otherwise.' },
        ),
        storage: StorageSchema,
        exposure: ExposureSchema,
        env: Type.Optional(EnvSchema),
        publish: Type.Optional(
          Type.Union([Type.Literal('direct'), Type.Literal('propose')], {
            description:
              '`propose`: main takes changes by proposals alone, but for stopping a bot, see docs/proposals.md. Default `direct`.',
          }),
        ),
        recipients: Type.Array(Type.String({ pattern: '^age1[a-z0-9]{20,2000}$' }), {
          description: 'age recipients that API keys are sealed for.',
        }),
        policy: Type.Optional(
          Type.Object(
            {
              allowedImages: Type.Optional(
                Type.Array(Type.String({ minLength: 1, maxLength: 512 }), {
                  description: 'Image prefixes; an image outside them is refused. Without it every image is allowed.',
                }),
              ),
              ...POLICY_RULES,
              leaveToCluster: Type.Optional(LeftFieldsListSchema),
            },
            {
              additionalProperties: false,
              description: 'What records of this fleet may say, and what the cluster may decide, see "Policy".',
            },
          ),
        ),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false, title: 'Fleet', description: 'What holds for the whole fleet: claworc.yaml.' },
);

export type Fleet = Static<typeof FleetSchema>;
