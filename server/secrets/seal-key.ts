import { stringify } from 'yaml';
import {
  BINDING_ENTRY,
  bindingOf,
  SEALED_DIGEST_ANNOTATION,
  sealedDigest,
  sealedSecretMetadata,
} from '../../constructs/sealed-secret.ts';
import { KEY_NAME_PATTERN } from '../../constructs/schema/common.ts';
import type { KeyScope } from '../../constructs/schema/names.ts';
import { isoSeconds } from '../lib/clock.ts';
import { ClaworcError } from '../lib/errors.ts';
import type { RandomBytes } from '../lib/random.ts';
import { DATA_KEY_BYTES, wrapDataKey, type WrappedKey } from './data-key.ts';
import { MAX_SEALED_BYTES } from './sealed-document.ts';
import { macOf } from './sops-mac.ts';
import { ENCRYPTED_REGEX, SOPS_VERSION } from './sops-metadata.ts';
import { contextOf, encryptValue } from './sops-value.ts';

export interface SealRequest {
  readonly scope: KeyScope;
  /** Name of the environment variable, `ANTHROPIC_API_KEY`. */
  readonly key: string;
  /** As `checkKeyValue` returned it; sealed as it is. */
  readonly value: string;
  /** age recipients, `age1...`; at least one. Each of them can open the file. */
  readonly recipients: readonly string[];
  readonly namespace: string;
  /** Milliseconds since the epoch; the file says so in whole seconds. */
  readonly now: number;
  readonly random: RandomBytes;
}

/**
 * The text of a sealed key: a Kubernetes Secret as `sops` 3.13 writes it, value and binding encrypted. Only public
 * recipients are needed. The same value gives another text each time: compare fingerprints before sealing.
 * Throws `invalid` for a bad key name, an empty value, or recipients that are none or not age recipients.
 */
export async function sealKey(request: SealRequest): Promise<string> {
  const { scope, key, value, random } = request;
  checkRequest(request);
  const dataKey = random(DATA_KEY_BYTES);
  const binding = bindingOf(scope, key);
  const encrypt = (entry: string, text: string): string =>
    encryptValue(text, dataKey, contextOf(['stringData', entry]), random);
  const sealed = encrypt(key, value);
  const lastmodified = isoSeconds({ now: () => request.now });
  const file = stringify(
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        ...sealedSecretMetadata(scope, key, request.namespace),
        annotations: { [SEALED_DIGEST_ANNOTATION]: sealedDigest(sealed) },
      },
      type: 'Opaque',
      stringData: { [key]: sealed, [BINDING_ENTRY]: encrypt(BINDING_ENTRY, binding) },
      sops: {
        age: (await wrapForAll(dataKey, request.recipients)).map(({ enc, recipient }) => ({ enc, recipient })),
        encrypted_regex: ENCRYPTED_REGEX,
        lastmodified,
        mac: encryptValue(macOf([value, binding], true), dataKey, lastmodified, random),
        mac_only_encrypted: true,
        version: SOPS_VERSION,
      },
    },
    { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false },
  );
  dataKey.fill(0);
  if (Buffer.byteLength(file) > MAX_SEALED_BYTES) {
    throw new ClaworcError('too_large', 'The sealed key is larger than 64 KiB: shorten it or name fewer recipients.');
  }
  return file;
}

function checkRequest({ key, value, recipients }: SealRequest): void {
  if (!new RegExp(KEY_NAME_PATTERN).test(key)) {
    throw new ClaworcError('invalid', 'A key is named like an environment variable, ANTHROPIC_API_KEY.');
  }
  if (value === '') throw new ClaworcError('invalid', `The value of ${key} is empty.`);
  if (!value.isWellFormed())
    throw new ClaworcError('invalid', `The value of ${key} holds half of a Unicode character.`);
  if (recipients.length === 0) {
    throw new ClaworcError('invalid', 'claworc.yaml names no recipients: there is nobody to seal the key for.');
  }
}

async function wrapForAll(dataKey: Uint8Array, recipients: readonly string[]): Promise<readonly WrappedKey[]> {
  return Promise.all(
    Array.from(new Set(recipients), async (recipient) => {
      try {
        return await wrapDataKey(dataKey, recipient);
      } catch {
        throw new ClaworcError('invalid', `"${recipient}" is not an age recipient (age1...).`, { field: 'recipients' });
      }
    }),
  );
}
