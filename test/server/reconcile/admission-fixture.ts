import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import type { LiveObject } from '../../../server/cluster/live-object.ts';
import { plane, type Cluster } from './cluster-fixture.ts';

const RULE = {
  apiGroups: ['', 'apps', 'networking.k8s.io'],
  apiVersions: ['*'],
  operations: ['CREATE', 'UPDATE'],
  resources: ['deployments', 'configmaps', 'secrets', 'services', 'persistentvolumeclaims', 'networkpolicies'],
};
const GROUP = 'admissionregistration.k8s.io/v1';

const selectorOf = ({ namespace }: Cluster) => ({ matchLabels: { 'kubernetes.io/metadata.name': namespace } });

/** One member of a JSON patch, RFC 6902. */
export interface PatchStep {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  readonly value?: unknown;
}

/** A MutatingAdmissionPolicy of CEL expressions, each of which yields a list of JSONPatch, for the cluster's namespace only. */
export async function startPolicy(cluster: Cluster, ...expressions: readonly string[]): Promise<AsyncDisposable> {
  const name = `policy-${cluster.namespace}`;
  const probe =
    'object.metadata.name == "probe" ? [JSONPatch{op: "add", path: "/metadata/labels", value: {"seen": "yes"}}] : []';
  const mutations = [probe, ...expressions].map((expression) => ({
    patchType: 'JSONPatch',
    jsonPatch: { expression },
  }));
  const matchConstraints = { namespaceSelector: selectorOf(cluster), resourceRules: [RULE] };
  const spec = { failurePolicy: 'Fail', reinvocationPolicy: 'IfNeeded', matchConstraints, mutations };
  return install(cluster, [
    { apiVersion: GROUP, kind: 'MutatingAdmissionPolicy', metadata: { name }, spec },
    { apiVersion: GROUP, kind: 'MutatingAdmissionPolicyBinding', metadata: { name }, spec: { policyName: name } },
  ]);
}

/** A mutating webhook on loopback that patches as `patch` says, for the cluster's namespace only. */
export async function startWebhook(
  cluster: Cluster,
  patch: (object: LiveObject) => readonly PatchStep[],
): Promise<AsyncDisposable> {
  if ('unavailable' in plane) throw new Error(plane.unavailable);
  // The API server's own certificate is good for loopback, and for whoever trusts it.
  const cert = await readFile(plane.caFile);
  const key = await readFile(plane.caFile.replace(/\.crt$/, '.key'));
  const server = createServer({ cert, key }, (request, response) => {
    void (async () => {
      let body = '';
      for await (const chunk of request as AsyncIterable<Buffer>) body += chunk.toString();
      const { request: asked } = JSON.parse(body) as { request: { uid: string; object: LiveObject } };
      const probe: readonly PatchStep[] = [{ op: 'add', path: '/metadata/labels', value: { seen: 'yes' } }];
      const steps = asked.object.metadata.name === 'probe' ? probe : patch(asked.object);
      const answer = {
        uid: asked.uid,
        allowed: true,
        patchType: 'JSONPatch',
        patch: Buffer.from(JSON.stringify(steps)).toString('base64'),
      };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer }));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const name = `webhook-${cluster.namespace}`;
  const webhook = {
    name: 'patch.claworc.example',
    clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle: cert.toString('base64') },
    namespaceSelector: selectorOf(cluster),
    rules: [RULE],
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
  };
  const installed = await install(cluster, [
    { apiVersion: GROUP, kind: 'MutatingWebhookConfiguration', metadata: { name }, webhooks: [webhook] },
  ]);
  return {
    async [Symbol.asyncDispose]() {
      await installed[Symbol.asyncDispose]();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Waits until the API server heeds them. */
async function install(cluster: Cluster, items: readonly object[]): Promise<AsyncDisposable> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  await cluster.kubectlInput(list, 'apply', '-f', '-');
  const probe = () => cluster.kubectl('create', 'configmap', 'probe', '--dry-run=server', '-o', 'json');
  await expect.poll(probe, { timeout: 60_000, interval: 200 }).toContain('"seen": "yes"');
  return {
    async [Symbol.asyncDispose]() {
      await cluster.kubectlInput(list, 'delete', '-f', '-');
    },
  };
}
