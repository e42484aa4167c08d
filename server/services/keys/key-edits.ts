import type { Fleet, KeyScope } from '../../../constructs/schema/index.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { fingerprint, isSameFingerprint } from '../../secrets/fingerprint.ts';
import { checkKeyValue, hintOf } from '../../secrets/key-value.ts';
import { sealKey } from '../../secrets/seal-key.ts';
import type { DocumentChange } from '../../store/edit.ts';
import type { AppContext } from '../app-context.ts';
import { readEditedKeys, type EditedKey } from '../instances/edited.ts';
import { digestOfKey } from '../publish/lay-key.ts';
import { readRecipients, recipientsToSealFor } from './recipients.ts';
import { NAMED_KEYS, type KeyFields, type NamedKey } from './key-fields.ts';

export type KeyChange = Extract<DocumentChange, { kind: 'SealedKey' }>;

interface PastedKey {
  /** Where it stood in the body. */
  readonly field: string;
  readonly value: string | null;
}

/**
 * Seals what a body brings for those of the fleet's recipients that are accepted here. Throws `conflict` where none of them
 * is. A value that is set already makes no change (told by its
 * fingerprint). The plain values end here.
 */
export async function sealKeys(
  context: AppContext,
  scope: KeyScope,
  body: KeyFields,
  { spec: { namespace } }: Fleet,
): Promise<KeyChange[]> {
  const present = readEditedKeys(context.store.reader, scope);
  const recipients = readRecipients(context.store.reader);
  const changes: KeyChange[] = [];
  for (const [key, pasted] of pastedKeys(body)) {
    const base = digestOfKey(present.get(key)?.file);
    if (pasted.value === null) {
      if (present.has(key)) changes.push({ kind: 'SealedKey', scope, key, base, next: null });
      continue;
    }
    const checked = checkKeyValue(pasted.value, key);
    if (!checked.ok) throw new ClaworcError('invalid', checked.reason, { field: pasted.field });
    const print = fingerprint(context.fingerprintKey, scope, key, checked.value);
    if (isSame(present.get(key), print)) continue;
    const file = await sealKey({
      scope,
      key,
      value: checked.value,
      recipients: recipientsToSealFor(recipients),
      namespace,
      now: context.clock.now(),
      random: context.random,
    });
    changes.push({
      kind: 'SealedKey',
      scope,
      key,
      base,
      next: { file, fingerprint: print, hint: hintOf(checked.value) },
    });
  }
  return changes;
}

function pastedKeys(body: KeyFields): Map<string, PastedKey> {
  const keys = new Map<string, PastedKey>();
  for (const [field, key] of Object.entries(NAMED_KEYS)) {
    const value = body[field as NamedKey];
    if (value !== undefined) keys.set(key, { field, value });
  }
  for (const [key, value] of Object.entries(body.api_keys ?? {})) {
    const field = `api_keys.${key}`;
    if (keys.has(key)) throw new ClaworcError('invalid', `${key} is there twice in this request.`, { field });
    keys.set(key, { field, value });
  }
  return keys;
}

function isSame(present: EditedKey | undefined, print: Uint8Array): boolean {
  const known = present?.fingerprint ?? null;
  return known !== null && isSameFingerprint(known, print);
}
