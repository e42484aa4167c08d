import type { ApiResult, ClusterApi } from './api.ts';
import { NAMESPACES } from './resources.ts';

/** What makes a cluster this cluster, whatever its address: the UID of kube-system. Null where it may not be read. */
export async function readIdentity(api: ClusterApi): Promise<ApiResult<string | null>> {
  const found = await api.get(NAMESPACES, null, 'kube-system');
  if (found.ok) return { ok: true, value: found.value.metadata.uid ?? null, warnings: [] };
  const hidden = found.failure.type === 'forbidden' || found.failure.type === 'not_found';
  return hidden ? { ok: true, value: null, warnings: [] } : found;
}
