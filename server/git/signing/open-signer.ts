import { gpgSigner } from './gpg-signer.ts';
import type { CommitSigner, SigningChoice } from './signer.ts';
import { sshSigner } from './ssh-signer.ts';

export function createSigner(choice: SigningChoice): CommitSigner {
  return choice.kind === 'ssh' ? sshSigner(choice) : gpgSigner(choice);
}
