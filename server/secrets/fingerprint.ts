import { createHmac, timingSafeEqual } from 'node:crypto';
import type { KeyScope } from '../../constructs/schema/names.ts';
import { ClaworcError } from '../lib/errors.ts';
import type { RandomBytes } from '../lib/random.ts';
import { FileNotRead, readSmallFile } from '../lib/small-file.ts';
import { fileErrorCode } from './errors.ts';
import { createPrivateFile } from './private-file.ts';

const KEY_BYTES = 32;

/**
 * The server's key for fingerprints, made (mode 0600) where there is none. It opens nothing; when it is lost, setting
 * the same value again makes one needless commit. Throws `secrets` when the file can't be used.
 */
export async function loadFingerprintKey(file: string, random: RandomBytes): Promise<Uint8Array> {
  try {
    const present = await readIfPresent(file);
    if (present) return checkLength(present, file);
    const fresh = random(KEY_BYTES);
    return (await createPrivateFile(file, fresh, random)) ? fresh : checkLength(await readSmallFile(file), file);
  } catch (error) {
    if (error instanceof ClaworcError) throw error;
    const why = error instanceof FileNotRead ? error.message : `can't be used: ${fileErrorCode(error)}`;
    throw new ClaworcError('secrets', `The fingerprint key ${file} ${why}.`, { subject: file });
  }
}

async function readIfPresent(file: string): Promise<Uint8Array | null> {
  try {
    return await readSmallFile(file);
  } catch (error) {
    if (error instanceof FileNotRead && error.isMissing) return null;
    throw error;
  }
}

function checkLength(key: Uint8Array, file: string): Uint8Array {
  if (key.length === KEY_BYTES) return key;
  throw new ClaworcError(
    'secrets',
    `${file} is not a fingerprint key of ${KEY_BYTES} bytes. Delete it to get a new one.`,
    {
      subject: file,
    },
  );
}

/** 32 bytes that are equal for the same value of the same key, and tell nothing without the fingerprint key. */
export function fingerprint(fingerprintKey: Uint8Array, scope: KeyScope, key: string, value: string): Uint8Array {
  return createHmac('sha256', fingerprintKey).update(`${scope}\0${key}\0${value}`).digest();
}

export function isSameFingerprint(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
