import Type, { type Static } from 'typebox';
import {
  API_VERSION,
  EnvSchema,
  ExposureSchema,
  ImageSchema,
  metadataSchema,
  QuantitySchema,
  StorageSchema,
} from './common.ts';

/**
 * The newest version of the output that synth of this program makes. claworc.yaml says which one a repository wants, and
 * every version down to 1 goes on being made byte for byte: an upgrade replaces pods, so a person asks for it.
 */
export const RENDERING = 2;

const compute = Type.Object({ cpu: QuantitySchema, memory: QuantitySchema }, { additionalProperties: false });

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
            },
            { additionalProperties: false, description: 'What records of this fleet may say.' },
          ),
        ),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false, title: 'Fleet', description: 'What holds for the whole fleet: claworc.yaml.' },
);

export type Fleet = Static<typeof FleetSchema>;
