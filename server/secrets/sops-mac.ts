import { createHash } from 'node:crypto';

/** SOPS starts a MAC over encrypted leaves alone with these bytes, so that it never equals one over all leaves. */
const ONLY_ENCRYPTED_SEED = createHash('sha256').update('sops').digest();

/**
 * Plain text of the MAC of a document: SHA-512 over its leaves in document order, upper-case hex. It covers neither
 * keys nor lengths; the keys of encrypted leaves are covered by their context.
 */
export function macOf(leaves: readonly (string | Uint8Array)[], onlyEncrypted: boolean): string {
  const hash = createHash('sha512');
  if (onlyEncrypted) hash.update(ONLY_ENCRYPTED_SEED);
  for (const leaf of leaves) hash.update(leaf);
  return hash.digest('hex').toUpperCase();
}
