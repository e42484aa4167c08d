import Type from 'typebox';

/** The one API version of every document in an instances repo. */
export const API_VERSION = 'claworc.dev/v1alpha1';

/** Tells kustomize, Flux and kpt that a document is for tools and never for the API server. */
export const LOCAL_CONFIG_ANNOTATION = 'config.kubernetes.io/local-config';

/** `metadata` of records, the fleet and tombstones. Unknown annotations are kept as they are. */
export const metadataSchema = <Name extends Type.TSchema>(name: Name) =>
  Type.Object(
    {
      name,
      annotations: Type.Optional(
        Type.Record(Type.String(), Type.String(), {
          description: `Must hold \`${LOCAL_CONFIG_ANNOTATION}: "true"\`; further annotations are kept.`,
        }),
      ),
    },
    { additionalProperties: false, description: 'Name and annotations, as in any Kubernetes object.' },
  );

const QUANTITY = { pattern: '^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$', maxLength: 32 } as const;

/** A Kubernetes quantity as people type it (`500m`, `4Gi`); `quantity.ts` parses and compares it. */
export const QuantitySchema = Type.String({
  ...QUANTITY,
  description: 'A Kubernetes quantity such as `500m`, `2`, `4Gi`.',
});

/** The name of an environment variable that holds an API key. */
export const KEY_NAME_PATTERN = '^[A-Z][A-Z0-9_]{0,62}$';

export const EnvSchema = Type.Record(
  Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,127}$' }),
  Type.String({ maxLength: 4096 }),
  {
    additionalProperties: false,
    description:
      'Plain environment variables, kept as typed. Never a key: keys are sealed under secrets/. One that changes how programs start (`PATH`, `LD_PRELOAD`, `NODE_OPTIONS` ...) is a warning of verify.',
  },
);

export const ExposureSchema = Type.Union([Type.Literal('proxy'), Type.Literal('nodePort')], {
  description: '`proxy`: screens are reached through Claworc only. `nodePort`: a pair of node ports is open to all.',
});

export const ImageSchema = Type.String({
  pattern: '^[a-zA-Z0-9\\[][a-zA-Z0-9._:/@+\\[\\]-]*$',
  maxLength: 512,
  description: 'Container image: `registry[:port]/path:tag@digest`, all but the path may be left out.',
});

const computeSchema = (what: string) =>
  Type.Object(
    { cpu: Type.Optional(QuantitySchema), memory: Type.Optional(QuantitySchema) },
    { additionalProperties: false, description: what },
  );

/** Requests and limits; each of the four values is inherited by itself. */
export const ResourcesSchema = Type.Object(
  {
    requests: Type.Optional(computeSchema('What the scheduler reserves.')),
    limits: Type.Optional(computeSchema('What the bot may use at most.')),
  },
  { additionalProperties: false, description: 'CPU and memory; a value that is left out comes from claworc.yaml.' },
);

/** The four data volumes of a bot, in the order in which they are shown. */
export const VOLUMES = ['clawdbot', 'homebrew', 'clawd', 'chrome'] as const;
export type VolumeName = (typeof VOLUMES)[number];

const volumeSize = (description: string) => Type.String({ ...QUANTITY, description });

export const StorageSchema = Type.Object(
  {
    clawdbot: volumeSize('State of the bot: credentials, sessions, memory (`/root/.clawdbot`).'),
    homebrew: volumeSize('What Homebrew installs (`/home/linuxbrew/.linuxbrew`).'),
    clawd: volumeSize('Workspace of the bot (`/root/clawd`).'),
    chrome: volumeSize('Profile of Chrome, logins included (`/root/.config/google-chrome`).'),
    className: Type.Optional(
      Type.String({
        pattern: '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$',
        maxLength: 253,
        description: 'StorageClass of all four claims; without it the default class of the cluster.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description:
      'Sizes of the four data volumes. Always written out: they never change by themselves, and never shrink.',
  },
);

/** Names of runtime profiles; one entry per profile that constructs/runtimes knows. */
export const RuntimeSchema = Type.Union([Type.Literal('moltbot')], { description: 'The runtime profile of the pod.' });
