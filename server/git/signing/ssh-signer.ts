import { open } from 'node:fs/promises';
import { ClaworcError, messageOf } from '../../lib/errors.ts';
import type { CommitSigner, SigningChoice } from './signer.ts';
import { readPrivateKey, UnusableKey, type SshPrivateKey } from './ssh-private-key.ts';
import { fingerprintOf } from './ssh-public-key.ts';
import { sshSignature } from './ssh-signature.ts';

/** The key is read for each commit, so that it can be changed without a restart, and is nowhere in between. */
export function sshSigner(choice: Extract<SigningChoice, { readonly kind: 'ssh' }>): CommitSigner {
  let fingerprint: string | null = null;
  const read = async (): Promise<SshPrivateKey> => {
    const key = await readKeyFile(choice.file);
    fingerprint = fingerprintOf(key.publicKey);
    return key;
  };
  return {
    choice,
    fingerprint: () => fingerprint,
    identity: async () => {
      const { publicKey } = await read();
      return { kind: 'ssh', key: publicKey.toString('base64'), fingerprint: fingerprintOf(publicKey) };
    },
    sign: async (payload) => {
      const key = await read();
      return sshSignature(payload, { key: key.publicKey, sign: (data) => key.sign(data) });
    },
  };
}

const MAX_KEY_BYTES = 65_536;

async function readKeyFile(file: string): Promise<SshPrivateKey> {
  const refuse = (why: string): ClaworcError =>
    new ClaworcError('git_refused', `The signing key ${file} ${why}.`, { subject: file, retryable: true });
  let text: string;
  try {
    await using handle = await open(file, 'r');
    const { size, mode, uid } = await handle.stat();
    // As ssh itself has it: of another user's file only that user can say who reads it.
    if (uid === process.getuid?.() && (mode & 0o077) !== 0) throw refuse('can be read by others: chmod 600 it');
    if (size > MAX_KEY_BYTES) throw refuse('is larger than 64 KiB: that is no key');
    text = await handle.readFile('utf8');
  } catch (error) {
    throw error instanceof ClaworcError ? error : refuse(`can't be read: ${messageOf(error)}`);
  }
  try {
    return readPrivateKey(text);
  } catch (error) {
    // Anything else could carry a piece of what was read.
    throw refuse(error instanceof UnusableKey ? error.message : 'holds a private key that can not be read');
  }
}
