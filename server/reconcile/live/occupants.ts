import { FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import type { ApiResult, ClusterApi } from '../../cluster/api.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { MANAGED_RESOURCES, PODS } from '../../cluster/resources.ts';
import { strayUnit } from '../desired/stray-unit.ts';
import { unitOf } from '../desired/stamp.ts';
import { wasAppliedByUs } from './evidence.ts';
import { LiveIndex } from './live-index.ts';
import { POD_SELECTOR } from './read-live.ts';

/**
 * Bots of ours that occupy a namespace: by an ApplySet parent or another ConfigMap, a Deployment or a pod. A claim that
 * is left behind runs nothing, and what the fleet shares is no bot.
 */
export function* occupantsOf(index: LiveIndex): Generator<string> {
  for (const unit of index.names()) if (isOccupant(index, unit)) yield unit;
}

export function isOccupant(index: LiveIndex, unit: string): boolean {
  if (unit === FLEET_UNIT) return false;
  const { objects, parent, pods } = index.unit(strayUnit(unit));
  return (
    pods.some((pod) => pod.metadata.labels?.['app.kubernetes.io/instance'] === unit) ||
    [parent, ...objects.values()].some((object) => object !== undefined && isSign(object, unit))
  );
}

const isSign = (object: LiveObject, unit: string): boolean =>
  (object.kind === 'Deployment' || object.kind === 'ConfigMap') && (unitOf(object) === unit || wasAppliedByUs(object));

/** The same of a namespace that nobody follows, by three lists. A namespace that isn't there has none. */
export async function readOccupants(
  api: ClusterApi,
  namespace: string,
  signal?: AbortSignal,
): Promise<ApiResult<LiveIndex>> {
  const index = new LiveIndex();
  const resources = [MANAGED_RESOURCES.ConfigMap, MANAGED_RESOURCES.Deployment, PODS];
  const options = { labelSelector: POD_SELECTOR, ...(signal && { signal }) };
  const lists = await Promise.all(resources.map((resource) => api.list(resource, namespace, options)));
  for (const listed of lists) {
    if (listed.ok) for (const item of listed.value.items) index.put(item);
    else if (listed.failure.type !== 'not_found' && listed.failure.type !== 'namespace_missing') return listed;
  }
  return { ok: true, value: index, warnings: [] };
}
