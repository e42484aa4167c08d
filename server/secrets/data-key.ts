import type { AgeIdentity } from './identity.ts';

export const DATA_KEY_BYTES = 32;

/** The data key of a file, encrypted for one recipient. */
export interface WrappedKey {
  readonly recipient: string;
  /** An armored age file; ends in a newline, so that YAML writes it as a `|` block as SOPS does. */
  readonly enc: string;
}

export async function wrapDataKey(dataKey: Uint8Array, recipient: string): Promise<WrappedKey> {
  const { armor, Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const enc = armor.encode(await encrypter.encrypt(dataKey));
  return { recipient, enc: `${enc.trimEnd()}\n` };
}

/** Null when none of the entries is for this identity. The `recipient` of an entry is a hint that nobody vouches for. */
export async function unwrapDataKey(wrapped: readonly WrappedKey[], identity: AgeIdentity): Promise<Uint8Array | null> {
  const isHinted = ({ recipient }: WrappedKey): boolean => identity.recipients.includes(recipient);
  const hintedFirst = [...wrapped.filter(isHinted), ...wrapped.filter((entry) => !isHinted(entry))];
  for (const { enc } of hintedFirst) {
    const dataKey = await tryUnwrap(enc, identity);
    if (dataKey?.length === DATA_KEY_BYTES) return dataKey;
  }
  return null;
}

async function tryUnwrap(enc: string, identity: AgeIdentity): Promise<Uint8Array | null> {
  try {
    const { armor } = await import('age-encryption');
    const decrypter = await identity.createDecrypter();
    return await decrypter.decrypt(armor.decode(enc));
  } catch {
    // For somebody else, or damaged. The library's messages are not passed on: they may quote what they read.
    return null;
  }
}
