import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { createHttp } from '../../../server/cluster/http.ts';
import { loadConnection } from '../../../server/cluster/connection.ts';
import { clusterTest, type SharedControlPlane } from '../../control-plane/cluster-test.ts';
import type { Kubectl } from '../../control-plane/kubectl.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { tokenFor } from './pods.ts';

interface Config {
  readonly users: readonly { readonly name: string; readonly user: object }[];
}

/** Writes a kubeconfig of the test cluster with another user; `user` gets the one that was there. */
async function writeConfig(
  cluster: SharedControlPlane,
  folder: string,
  user: (own: object) => object,
): Promise<string> {
  const config = parse(await readFile(cluster.kubeconfig, 'utf8')) as Config;
  const users = config.users.map((each) => ({ ...each, user: user(each.user) }));
  const file = join(folder, 'kubeconfig');
  await writeFile(file, JSON.stringify({ ...config, users }));
  return file;
}

interface WhoAmI {
  readonly status: {
    readonly userInfo: { readonly username: string; readonly groups: readonly string[]; readonly extra?: object };
  };
}

/** Whom the API server takes us for. */
async function whoAmI(kubeconfig: string): Promise<WhoAmI['status']['userInfo']> {
  const http = createHttp(await loadConnection({ kubeconfig, env: process.env }));
  onTestFinished(() => http.close());
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const answer = await http.request({
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    contentType: 'application/json',
    body: JSON.stringify(review),
  });
  if (!answer.ok) throw new Error(answer.failure.message);
  return (JSON.parse(answer.value.body) as WhoAmI).status.userInfo;
}

const viewerToken = (kubectl: Kubectl, namespace: string): Promise<string> => tokenFor(kubectl, namespace, []);

clusterTest('a token file is looked for from the kubeconfig', async ({ cluster, kubectl, namespace }) => {
  const folder = tempFolder();
  await writeFile(join(folder, 'token'), `${await viewerToken(kubectl, namespace)}\n`);

  const kubeconfig = await writeConfig(cluster, folder, () => ({ tokenFile: 'token' }));

  expect((await whoAmI(kubeconfig)).username).toBe(`system:serviceaccount:${namespace}:viewer`);
});

clusterTest(
  'a credential plugin is started from its path beside the kubeconfig, with its arguments and environment',
  async ({ cluster, kubectl, namespace }) => {
    const folder = tempFolder();
    await mkdir(join(folder, 'bin'));
    await writeFile(join(folder, 'token'), await viewerToken(kubectl, namespace));
    const script = `#!/bin/sh
printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}' "$(cat "$FOLDER/$1")"
`;
    await writeFile(join(folder, 'bin/login'), script, { mode: 0o755 });
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'bin/login',
      args: ['token'],
      env: [{ name: 'FOLDER', value: folder }],
      interactiveMode: 'Never',
    };

    const kubeconfig = await writeConfig(cluster, folder, () => ({ exec }));

    expect((await whoAmI(kubeconfig)).username).toBe(`system:serviceaccount:${namespace}:viewer`);
  },
);

clusterTest(
  'somebody else is impersonated, in several groups at once and with several values of what the user carries',
  async ({ cluster }) => {
    const kubeconfig = await writeConfig(cluster, tempFolder(), (own) => ({
      ...own,
      as: 'ann',
      'as-groups': ['dev', 'ops'],
      'as-user-extra': { 'lab.example/why': ['one', 'two'] },
    }));

    const { username, groups, extra } = await whoAmI(kubeconfig);

    expect([username, ...groups.toSorted()]).toEqual(['ann', 'dev', 'ops', 'system:authenticated']);
    expect(extra).toEqual({ 'lab.example/why': ['one', 'two'] });
  },
);
