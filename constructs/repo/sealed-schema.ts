import Type, { type Static } from 'typebox';
import { SEALED_DIGEST_ANNOTATION } from '../sealed-secret.ts';

const EncryptedText = Type.String({ pattern: '^ENC\\[AES256_GCM,' });

/** A Kubernetes Secret as SOPS 3.13 leaves it when only `stringData` is encrypted for age recipients. */
export const SealedSecretSchema = Type.Object(
  {
    apiVersion: Type.Literal('v1'),
    kind: Type.Literal('Secret'),
    metadata: Type.Object(
      {
        name: Type.String(),
        namespace: Type.String(),
        labels: Type.Record(Type.String(), Type.String()),
        annotations: Type.Optional(
          Type.Object(
            { [SEALED_DIGEST_ANNOTATION]: Type.String({ pattern: '^[0-9a-f]{16}$' }) },
            { additionalProperties: false },
          ),
        ),
      },
      { additionalProperties: false },
    ),
    type: Type.Literal('Opaque'),
    stringData: Type.Record(Type.String(), EncryptedText),
    sops: Type.Object(
      {
        age: Type.Array(Type.Object({ enc: Type.String(), recipient: Type.String() }, { additionalProperties: false })),
        encrypted_regex: Type.Literal('^(data|stringData)$'),
        lastmodified: Type.String({ minLength: 1 }),
        mac: EncryptedText,
        mac_only_encrypted: Type.Literal(true),
        version: Type.String({ minLength: 1 }),
      },
      { additionalProperties: false, description: 'what SOPS needs to decrypt the file' },
    ),
  },
  { additionalProperties: false },
);

export type SealedSecret = Static<typeof SealedSecretSchema>;
