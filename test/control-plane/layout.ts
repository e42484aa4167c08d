import { randomBytes, generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { takeFreePort } from './ports.ts';

/** The files, ports and secrets of one control plane. */
export interface Layout {
  readonly folder: string;
  readonly kubeconfig: string;
  /** The API server makes this certificate itself; it is also the CA that clients trust. */
  readonly certificateFile: string;
  /** What --token-auth-file wants. */
  readonly tokenFile: string;
  readonly serviceAccountKeyFile: string;
  /** Lines in this file are the log of every container that has no Logs object of its own. */
  readonly sharedLogFile: string;
  /** Bearer token of a member of system:masters. */
  readonly token: string;
  readonly ports: Ports;
}

interface Ports {
  readonly etcd: number;
  readonly etcdPeer: number;
  readonly apiServer: number;
  readonly kubelet: number;
}

/**
 * Makes what a new control plane needs, or finds it in the folder of one that ran before: then its server, kubeconfig
 * and kubelet port (which the stored nodes name) stay the same.
 */
export async function openLayout(folder: string): Promise<Layout> {
  const stateFile = join(folder, 'state.json');
  const files = {
    kubeconfig: join(folder, 'kubeconfig'),
    certificateFile: join(folder, 'certificates', 'apiserver.crt'),
    tokenFile: join(folder, 'tokens.csv'),
    serviceAccountKeyFile: join(folder, 'service-account.key'),
    sharedLogFile: join(folder, 'logs', 'shared.log'),
  };
  const stored = await readFile(stateFile, 'utf8').catch(() => undefined);
  if (stored !== undefined) return { folder, ...files, ...(JSON.parse(stored) as Pick<Layout, 'token' | 'ports'>) };

  const token = randomBytes(16).toString('hex');
  const ports = {
    etcd: await takeFreePort(),
    etcdPeer: await takeFreePort(),
    apiServer: await takeFreePort(),
    kubelet: await takeFreePort(),
  };
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' });
  const secret = { mode: 0o600 };
  await writeFile(files.serviceAccountKeyFile, pem, secret);
  await writeFile(files.tokenFile, `${token},claworc-admin,claworc-admin,"system:masters"\n`, secret);
  await writeFile(stateFile, JSON.stringify({ token, ports }), secret);
  return { folder, ...files, token, ports };
}
