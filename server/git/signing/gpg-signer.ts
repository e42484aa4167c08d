import { ClaworcError } from '../../lib/errors.ts';
import { runGpg } from './run-gpg.ts';
import type { CommitSigner, SigningChoice } from './signer.ts';

/** Signs with a secret key of a gpg home of its own. gpg's agent holds it, and no passphrase can be asked for. */
export function gpgSigner(choice: Extract<SigningChoice, { readonly kind: 'gpg' }>): CommitSigner {
  const { key, home } = choice;
  const refuse = (why: string): ClaworcError =>
    new ClaworcError('git_refused', `The gpg key ${key} in ${home} ${why}.`, { subject: home, retryable: true });
  return {
    choice,
    fingerprint: () => key,
    identity: async () => {
      const run = await runGpg(home, ['--with-colons', '--list-secret-keys', '--', key]);
      if (run.exitCode === -1) throw refuse("can't sign: gpg is not installed, or not on the PATH");
      const fingerprint = /^fpr:{9}([0-9A-F]{40,64}):/m.exec(run.stdout.toString('utf8'))?.[1];
      if (fingerprint === undefined) throw refuse('is not there, or its secret half is not');
      return { kind: 'gpg', fingerprint };
    },
    sign: async (payload) => {
      const run = await runGpg(home, ['--local-user', key, '--armor', '--detach-sign'], payload);
      const isMade = run.status.some((line) => line.startsWith('SIG_CREATED '));
      if (run.exitCode === 0 && isMade) return run.stdout.toString('latin1');
      const needs = run.status.some((line) => /^(NEED_PASSPHRASE|INQUIRE|ERROR keydb)/.test(line));
      const isLocked = needs || /passphrase|pinentry|No pinentry/i.test(run.stderr);
      throw refuse(
        isLocked
          ? 'is protected by a passphrase, which nobody could type here; make one without'
          : "can't sign: is its secret half there, and is it still valid?",
      );
    },
  };
}
