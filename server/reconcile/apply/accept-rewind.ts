import { FLEET_UNIT } from '../../../constructs/repo/index.ts';
import type { ApiResult, ClusterApi } from '../../cluster/api.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { MANAGED_RESOURCES } from '../../cluster/resources.ts';
import { PARENT_FIELD_MANAGER, parentObject, recordedKinds } from '../plan/applyset.ts';

export interface RewindTarget {
  readonly api: ClusterApi;
  readonly namespace: string;
  readonly version: string;
  /** The fleet's ApplySet as it was read: another version of it is `stale`. */
  readonly parent: LiveObject;
}

/**
 * Writes down in the cluster that it counts as brought to `commit`, although that doesn't come after the one it names: what
 * comes after `commit` removes and overwrites as usual from then on. Applied as each commit is, so that the next one finds
 * no other owner of that field.
 */
export async function acceptRewind(
  { api, namespace, version, parent }: RewindTarget,
  commit: string,
): Promise<ApiResult<LiveObject>> {
  const object = parentObject(FLEET_UNIT, namespace, recordedKinds(parent), version, commit);
  const { uid, resourceVersion } = parent.metadata;
  const exact = { ...object, metadata: { ...object.metadata, uid, resourceVersion } };
  const written = await api.apply(MANAGED_RESOURCES.ConfigMap, namespace, exact, {
    fieldManager: PARENT_FIELD_MANAGER,
  });
  return written.ok ? { ...written, value: written.value.object } : written;
}
