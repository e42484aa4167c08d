import { FLEET_UNIT } from '../../../constructs/repo/index.ts';
import type { ApiResult, ClusterApi } from '../../cluster/api.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { MANAGED_RESOURCES } from '../../cluster/resources.ts';
import { PARENT_FIELD_MANAGER, COMMIT_ANNOTATION } from '../plan/applyset.ts';
import { parentNameOf } from '../desired/applyset-id.ts';

export interface RewindTarget {
  readonly api: ClusterApi;
  readonly namespace: string;
  /** The fleet's ApplySet as it was read: another version of it is `stale`. */
  readonly parent: LiveObject;
}

/**
 * Writes down in the cluster that it counts as brought to `commit`, although that doesn't come after the one it names: what
 * comes after `commit` removes and overwrites as usual from then on.
 */
export function acceptRewind({ api, namespace, parent }: RewindTarget, commit: string): Promise<ApiResult<LiveObject>> {
  const { uid = '', resourceVersion = '' } = parent.metadata;
  const patch = { metadata: { annotations: { [COMMIT_ANNOTATION]: commit } } };
  return api.mergePatch(MANAGED_RESOURCES.ConfigMap, namespace, parentNameOf(FLEET_UNIT), patch, {
    fieldManager: PARENT_FIELD_MANAGER,
    preconditions: { uid, resourceVersion },
  });
}
