import type { ClusterApi } from './api.ts';
import type { ApiFailure } from './errors.ts';
import { NAMESPACES } from './resources.ts';

export type NamespaceResult =
  | { readonly ok: true; readonly created: boolean }
  /** `command` is what a person with more rights runs. */
  | { readonly ok: false; readonly failure: ApiFailure; readonly command: string | null; readonly message: string };

/** Makes the namespace when it is missing and that is allowed. A server that hides namespaces is taken at its word. */
export async function ensureNamespace(api: ClusterApi, namespace: string): Promise<NamespaceResult> {
  const found = await api.get(NAMESPACES, null, namespace);
  if (found.ok) {
    if (found.value.metadata.deletionTimestamp === undefined) return { ok: true, created: false };
    const message = `namespace ${namespace} is being deleted; Claworc waits until it is gone`;
    return { ok: false, failure: { type: 'namespace_terminating', message }, command: null, message };
  }
  if (found.failure.type === 'forbidden') return { ok: true, created: false };
  if (found.failure.type !== 'not_found' && found.failure.type !== 'namespace_missing') {
    return { ok: false, failure: found.failure, command: null, message: found.failure.message };
  }
  const namespaceObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  const made = await api.create(NAMESPACES, null, namespaceObject, 'claworc');
  if (made.ok || made.failure.type === 'exists') return { ok: true, created: made.ok };
  const command = made.failure.type === 'forbidden' ? `kubectl create namespace ${namespace}` : null;
  const message =
    command === null
      ? made.failure.message
      : `namespace ${namespace} does not exist and Claworc may not make it: run \`${command}\``;
  return { ok: false, failure: made.failure, command, message };
}
