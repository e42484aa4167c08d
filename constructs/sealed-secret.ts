import { createHash } from 'node:crypto';
import { labelsOf } from './labels.ts';
import { keySlug, secretName, type KeyScope } from './schema/names.ts';

/** The entry beside the value that says, encrypted, whose key this is; checked and dropped before a Secret is applied. */
export const BINDING_ENTRY = 'claworc.binding';

/** Plain text of the binding entry. Without it a sealed value could be moved to another bot's file. */
export function bindingOf(scope: KeyScope, key: string): string {
  return `${scope}/${key}`;
}

/** Where a sealed key lies in the instances repo: `secrets/global/anthropic-api-key.yaml`. */
export function sealedKeyPath(scope: KeyScope, key: string): string {
  return `secrets/${scope}/${keySlug(key)}.yaml`;
}

export interface SealedSecretMetadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The one right `metadata` of a sealed key's Secret. The seal of a file does not cover it (SOPS `mac_only_encrypted`),
 * so whoever reads a sealed key compares its metadata with this.
 */
export function sealedSecretMetadata(scope: KeyScope, key: string, namespace: string): SealedSecretMetadata {
  const owner = scope === 'global' ? 'claworc' : scope;
  return {
    name: secretName(scope, key),
    namespace,
    labels: labelsOf(owner, 'api-key'),
  };
}

/**
 * On a sealed key's Secret: the `sealedDigest` of its value. Whoever applies the file leaves it on the live object, which
 * then says which sealed value it was given. A file of another hand has none, and one that `sops` encrypted again a wrong one.
 */
export const SEALED_DIGEST_ANNOTATION = 'claworc.dev/sealed-digest';

/**
 * What synth sees of a sealed value: 16 hex digits that change exactly when the encrypted text of the value does, and
 * so with each new value. Adding a recipient leaves them alone.
 */
export function sealedDigest(encryptedValue: string): string {
  return createHash('sha256').update(encryptedValue).digest('hex').slice(0, 16);
}
