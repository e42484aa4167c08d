import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { findSshKeygen } from './programs.ts';

export interface SshKey {
  /** The private key, without a passphrase. */
  readonly file: string;
  /** One line as authorized_keys and forges take it. */
  readonly publicKey: string;
}

/** Makes an ed25519 key pair at `file` and `file`.pub. Throws ProgramUnavailable without ssh-keygen. */
export async function createSshKey(file: string): Promise<SshKey> {
  const program = await findSshKeygen(() => undefined);
  await promisify(execFile)(program, ['-q', '-t', 'ed25519', '-N', '', '-C', 'claworc-test', '-f', file]);
  return { file, publicKey: (await readFile(`${file}.pub`, 'utf8')).trim() };
}

/** A line of known_hosts. */
export function knownHostLine(port: number, { publicKey }: SshKey): string {
  return `[127.0.0.1]:${port} ${publicKey}\n`;
}

/** Value of GIT_SSH_COMMAND that uses this key and trusts these hosts alone, whatever the person's own settings say. */
export function sshCommand(keyFile: string, knownHostsFile: string): string {
  const options = ['IdentitiesOnly=yes', 'IdentityAgent=none', 'BatchMode=yes', 'StrictHostKeyChecking=yes'];
  const files = [`UserKnownHostsFile=${knownHostsFile}`, 'GlobalKnownHostsFile=/dev/null'];
  return `ssh -F /dev/null -i ${keyFile} ${[...options, ...files].map((option) => `-o ${option}`).join(' ')}`;
}
