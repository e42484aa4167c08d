import { access } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { ClaworcError } from '../lib/errors.ts';
import { readSmallFile } from '../lib/small-file.ts';
import type { ClusterTarget } from './cluster-target.ts';

/** Where Kubernetes puts them in a pod. */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const PLAIN_PORTS: readonly (string | undefined)[] = ['80', '8080', '8001'];

/** The cluster that this pod runs in, with the pod's service account. Throws `usage` outside of one. */
export async function readInCluster(
  env: Readonly<Record<string, string | undefined>>,
  folder = SERVICE_ACCOUNT,
): Promise<ClusterTarget> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  if (host === undefined || !(await hasServiceAccount(folder))) {
    throw new ClaworcError(
      'usage',
      'this process does not run in a pod with a service account: name a kubeconfig instead',
    );
  }
  const scheme = PLAIN_PORTS.includes(port) ? 'http' : 'https';
  const server = `${scheme}://${isIPv6(host) ? `[${host}]` : host}:${port ?? '443'}`;
  const namespace = await readSmallFile(join(folder, 'namespace')).then(String, () => null);
  return {
    context: 'inClusterContext',
    namespace,
    cluster: { name: 'inCluster', caFile: join(folder, 'ca.crt'), server, skipTLSVerify: false },
    user: {
      name: 'inClusterUser',
      authProvider: { name: 'tokenFile', config: { tokenFile: join(folder, 'token') } },
    },
    extras: {},
  };
}

export const hasServiceAccount = (folder = SERVICE_ACCOUNT): Promise<boolean> =>
  access(join(folder, 'token')).then(
    () => true,
    () => false,
  );
