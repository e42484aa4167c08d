import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const contextName = 'claworc-test';

export interface Credentials {
  /** Bearer token of a member of system:masters. */
  readonly token: string;
  /** What --token-auth-file wants. */
  readonly tokenFile: string;
  readonly serviceAccountKeyFile: string;
}

/** Makes the secrets of a new control plane, which live as long as its folder. */
export async function makeCredentials(folder: string): Promise<Credentials> {
  const token = randomBytes(16).toString('hex');
  const tokenFile = join(folder, 'tokens.csv');
  const serviceAccountKeyFile = join(folder, 'service-account.key');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' });
  await writeFile(tokenFile, `${token},claworc-admin,claworc-admin,"system:masters"\n`, { mode: 0o600 });
  await writeFile(serviceAccountKeyFile, pem, { mode: 0o600 });
  return { token, tokenFile, serviceAccountKeyFile };
}

/** Writes a kubeconfig with one context, `claworc-test`, and the CA inside. */
export async function writeKubeconfig(path: string, server: string, caFile: string, token: string): Promise<void> {
  const ca = (await readFile(caFile)).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': contextName,
    clusters: [{ name: contextName, cluster: { server, 'certificate-authority-data': ca } }],
    users: [{ name: contextName, user: { token } }],
    contexts: [{ name: contextName, context: { cluster: contextName, user: contextName } }],
  };
  await writeFile(path, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
}
