import { readFile, writeFile } from 'node:fs/promises';
import type { Layout } from './layout.ts';

/** Name of the only context of a test cluster's kubeconfig. */
export const contextName = 'claworc-test';

/** Writes the kubeconfig, with the CA and the administrator's token inside. */
export async function writeKubeconfig(layout: Layout, server: string): Promise<void> {
  const ca = (await readFile(layout.certificateFile)).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': contextName,
    clusters: [{ name: contextName, cluster: { server, 'certificate-authority-data': ca } }],
    users: [{ name: contextName, user: { token: layout.token } }],
    contexts: [{ name: contextName, context: { cluster: contextName, user: contextName } }],
  };
  await writeFile(layout.kubeconfig, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
}
