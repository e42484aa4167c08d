import { resolve } from 'node:path';
import { Option } from 'commander';
import { createSigner } from '../git/signing/open-signer.ts';
import type { CommitSigner } from '../git/signing/signer.ts';
import { ClaworcError } from '../lib/errors.ts';

export interface SigningOptions {
  readonly signingKey?: string;
  readonly signingGpgKey?: string;
  readonly signingGpgHome?: string;
}

export const signingOptions = () => [
  new Option('--signing-key <file>', 'ssh private key, without a passphrase, that signs every commit').env(
    'CLAWORC_SIGNING_KEY',
  ),
  new Option('--signing-gpg-key <id>', 'gpg key that signs every commit, by its fingerprint').env(
    'CLAWORC_SIGNING_GPG_KEY',
  ),
  new Option('--signing-gpg-home <folder>', 'home of gpg that holds --signing-gpg-key; nobody else’s is looked at').env(
    'CLAWORC_SIGNING_GPG_HOME',
  ),
];

const FINGERPRINT = /^(?:0x)?[0-9A-Fa-f]{16,64}$/;

/** What signs, tried out; null where nothing was named. Throws `usage`, and `git_refused` for a key that can't sign. */
export async function signerOf(
  { signingKey, signingGpgKey, signingGpgHome }: SigningOptions,
  cwd: string,
): Promise<CommitSigner | null> {
  const refuse = (message: string): ClaworcError => new ClaworcError('usage', message, { field: 'signing' });
  if (signingKey !== undefined && (signingGpgKey ?? signingGpgHome) !== undefined) {
    throw refuse('Name --signing-key or --signing-gpg-key, not both.');
  }
  if ((signingGpgKey === undefined) !== (signingGpgHome === undefined)) {
    throw refuse('A gpg key is named by --signing-gpg-key and --signing-gpg-home together.');
  }
  if (signingGpgKey !== undefined && !FINGERPRINT.test(signingGpgKey)) {
    throw refuse('--signing-gpg-key is a fingerprint, as `gpg --list-secret-keys` shows it: hexadecimal digits.');
  }
  if (signingKey !== undefined) return tried(createSigner({ kind: 'ssh', file: resolve(cwd, signingKey) }));
  if (signingGpgKey === undefined || signingGpgHome === undefined) return null;
  return tried(createSigner({ kind: 'gpg', key: signingGpgKey, home: resolve(cwd, signingGpgHome) }));
}

async function tried(signer: CommitSigner): Promise<CommitSigner> {
  await signer.identity();
  await signer.sign(Buffer.from('trial'));
  return signer;
}
