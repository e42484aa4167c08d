import type { ClusterApi } from '../../cluster/api.ts';
import { clusterError } from '../../cluster/errors.ts';
import { MANAGED_RESOURCES, PODS } from '../../cluster/resources.ts';
import type { LiveIndex } from './live-index.ts';

/** Pods of bots; others of the namespace are none of our business. */
export const POD_SELECTOR = 'app.kubernetes.io/managed-by=claworc';

/** Reads the whole namespace into the index: one list for each kind. Throws `cluster_unreachable` or `cluster_refused`. */
export async function readLive(
  api: ClusterApi,
  namespace: string,
  index: LiveIndex,
  signal?: AbortSignal,
): Promise<void> {
  await Promise.all(
    [...Object.values(MANAGED_RESOURCES), PODS].map(async (resource) => {
      const selector = resource.kind === 'Pod' ? { labelSelector: POD_SELECTOR } : {};
      const listed = await api.list(resource, namespace, { ...selector, ...(signal && { signal }) });
      if (!listed.ok) throw clusterError(listed.failure, `${resource.plural} of namespace ${namespace}`);
      index.replace(resource.kind, listed.value.items);
    }),
  );
}
