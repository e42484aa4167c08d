import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createCredentials } from '../../../server/cluster/credentials.ts';
import { readInCluster } from '../../../server/cluster/in-cluster.ts';
import { tempFolder } from '../../support/temp-folder.ts';

function serviceAccount(): string {
  const folder = tempFolder();
  for (const [name, text] of Object.entries({ token: 'token-of-pod\n', 'ca.crt': 'ca', namespace: 'bots' })) {
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

test("a pod's service account names the cluster, the namespace, whom to trust and who we are", async () => {
  const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };

  const target = await readInCluster(env, serviceAccount());

  expect(target).toMatchObject({ namespace: 'bots', cluster: { server: 'https://10.0.0.1:443' } });
  const { headers, tls } = await createCredentials(target)();
  expect(headers).toEqual({ Authorization: 'Bearer token-of-pod' });
  expect(tls.ca?.toString()).toBe('ca');
});

test('an IPv6 address of the API server gets its brackets', async () => {
  const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' };

  expect((await readInCluster(env, serviceAccount())).cluster.server).toBe('https://[fd00::1]:6443');
});

test.each([
  ['outside of a cluster', {}, serviceAccount],
  ['in a pod without a service account', { KUBERNETES_SERVICE_HOST: '10.0.0.1' }, tempFolder],
])('%s nothing is named', async (_, env, folder) => {
  await expect(readInCluster(env, folder())).rejects.toMatchObject({ code: 'usage' });
});
