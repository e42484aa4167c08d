import { waitUntil } from '../../control-plane/ready.ts';
import type { Kubectl } from '../../control-plane/kubectl.ts';

/** Makes a pod of the simulated nodes and waits until it runs. */
export async function runPod(kubectl: Kubectl, namespace: string, name: string): Promise<void> {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: { containers: [{ name: 'moltbot', image: 'moltbot', ports: [{ containerPort: 5901 }] }] },
  };
  const { code, stderr } = await kubectl(['apply', '-f', '-'], { input: JSON.stringify(pod) });
  if (code !== 0) throw new Error(stderr);
  await kubectl(['wait', '-n', namespace, `pod/${name}`, '--for=condition=Ready', '--timeout=60s']);
}

export async function deletePod(kubectl: Kubectl, namespace: string, name: string): Promise<void> {
  await kubectl(['delete', '-n', namespace, `pod/${name}`, '--wait=true']);
}

/** A token of a service account that may do what `rules` say in its namespace. */
export async function tokenFor(kubectl: Kubectl, namespace: string, rules: readonly object[]): Promise<string> {
  const rbac = 'rbac.authorization.k8s.io';
  const metadata = { name: 'viewer', namespace };
  const subjects = [{ kind: 'ServiceAccount', name: 'viewer', namespace }];
  const roleRef = { apiGroup: rbac, kind: 'Role', name: 'viewer' };
  const items = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules },
    { apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata, subjects, roleRef },
  ];
  await kubectl(['apply', '-f', '-'], { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
  let token = '';
  await waitUntil('the token', async () => {
    token = (await kubectl(['create', 'token', 'viewer', '-n', namespace])).stdout.trim();
    return token !== '';
  });
  return token;
}
