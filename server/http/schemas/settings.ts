import Type, { type Static } from 'typebox';
import {
  ApplierSchema,
  ExposureSchema,
  ImageSchema,
  LeftFieldsListSchema,
  QuantitySchema,
  ReconcileSchema,
} from '../../../constructs/schema/index.ts';
import { nullable, PublishModeSchema, TimeSchema } from './common.ts';
import { keyFields } from './instance.ts';

/** Keys are shown as `****abcd` or `****`, never more; null where none is set. */
export const SettingsSchema = Type.Object(
  {
    anthropic_api_key: nullable(Type.String()),
    openai_api_key: nullable(Type.String()),
    brave_api_key: nullable(Type.String()),
    api_keys: Type.Record(Type.String(), Type.String(), { description: 'Every further global key, masked.' }),
    default_cpu_request: QuantitySchema,
    default_cpu_limit: QuantitySchema,
    default_memory_request: QuantitySchema,
    default_memory_limit: QuantitySchema,
    default_storage_clawdbot: QuantitySchema,
    default_storage_homebrew: QuantitySchema,
    default_storage_clawd: QuantitySchema,
    default_storage_chrome: QuantitySchema,
    image: ImageSchema,
    namespace: Type.String(),
    open_namespaces: nullable(
      Type.Array(Type.String(), {
        description: 'What `namespace` may be changed to now; null: anything, as there is no bot.',
      }),
    ),
    vnc_exposure: ExposureSchema,
    publish: PublishModeSchema,
    applier: ApplierSchema,
    reconcile: ReconcileSchema,
    leave_to_cluster: LeftFieldsListSchema,
    signing: Type.Object(
      {
        required: Type.Boolean({
          description: 'Nothing is applied that a commit brought without a signature that counts.',
        }),
        signers: Type.Array(
          Type.Object(
            {
              name: Type.String({ description: 'Whose signatures count, as claworc.yaml names them.' }),
              key: Type.String({ description: 'Fingerprint of the ssh key.' }),
              valid_after: nullable(TimeSchema),
              valid_before: nullable(TimeSchema),
            },
            { additionalProperties: false },
          ),
        ),
        gpg_keys: Type.Integer({ description: 'How many gpg keys are listed beside them.' }),
        own_key: nullable(
          Type.String({ description: 'Fingerprint of what this server signs with; null where it does not sign.' }),
        ),
      },
      {
        additionalProperties: false,
        description: '`spec.policy.signedCommits` of claworc.yaml; it is changed by a commit.',
      },
    ),
    rendering: Type.Integer({ description: 'Version of the rendered output that the fleet asks for.' }),
    rendering_newest: Type.Integer({ description: 'The newest version that this program makes.' }),
    recipients: Type.Array(Type.String(), { description: 'age recipients that claworc.yaml on main names.' }),
    recipients_accepted: Type.Array(Type.String(), {
      description: 'Those that this server seals keys for; a commit alone adds none.',
    }),
    revision: nullable(Type.String({ description: 'Commit that holds claworc.yaml.' })),
    sync: Type.String(),
  },
  { additionalProperties: false, $id: 'Settings' },
);
export type Settings = Static<typeof SettingsSchema>;

/** The recipients that a person saw and wants keys to be sealed for. */
export const AcceptRecipientsSchema = Type.Object(
  { recipients: Type.Array(Type.String({ minLength: 1, maxLength: 2100 }), { minItems: 1, maxItems: 32 }) },
  { additionalProperties: false, $id: 'AcceptRecipients' },
);

/** PUT changes only what it is given; a key of `null` is taken away. */
export const UpdateSettingsSchema = Type.Object(
  {
    ...keyFields,
    default_cpu_request: Type.Optional(QuantitySchema),
    default_cpu_limit: Type.Optional(QuantitySchema),
    default_memory_request: Type.Optional(QuantitySchema),
    default_memory_limit: Type.Optional(QuantitySchema),
    default_storage_clawdbot: Type.Optional(QuantitySchema),
    default_storage_homebrew: Type.Optional(QuantitySchema),
    default_storage_clawd: Type.Optional(QuantitySchema),
    default_storage_chrome: Type.Optional(QuantitySchema),
    image: Type.Optional(ImageSchema),
    namespace: Type.Optional(Type.String({ pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$', maxLength: 63 })),
    vnc_exposure: Type.Optional(ExposureSchema),
    publish: Type.Optional(PublishModeSchema),
    applier: Type.Optional(ApplierSchema),
    reconcile: Type.Optional(ReconcileSchema),
    leave_to_cluster: Type.Optional(LeftFieldsListSchema),
    rendering: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Another version of the output changes every bot, and restarts it.' }),
    ),
  },
  { additionalProperties: false, $id: 'UpdateSettings' },
);
export type UpdateSettings = Static<typeof UpdateSettingsSchema>;
