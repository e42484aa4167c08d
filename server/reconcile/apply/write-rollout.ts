import type { ApiResult, ClusterApi } from '../../cluster/api.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { MANAGED_RESOURCES } from '../../cluster/resources.ts';
import { ROLLOUT_ANNOTATION, writeRolloutState, type RolloutState } from '../plan/rollout/rollout-state.ts';

/** Beside the manager of the parent itself, whose applies leave the rollout alone. */
const ROLLOUT_MANAGER = 'claworc-rollout';

export interface RolloutTarget {
  readonly api: ClusterApi;
  readonly namespace: string;
  /** The fleet's ApplySet as it was read: another version of it is `stale`. */
  readonly parent: LiveObject;
}

/** Writes down in the cluster how far a rollout is; null: none is on its way. */
export function writeRollout(
  { api, namespace, parent }: RolloutTarget,
  state: RolloutState | null,
): Promise<ApiResult<LiveObject>> {
  const { name, uid = '', resourceVersion = '' } = parent.metadata;
  const text = state === null ? null : writeRolloutState(state);
  return api.mergePatch(
    MANAGED_RESOURCES.ConfigMap,
    namespace,
    name,
    { metadata: { annotations: { [ROLLOUT_ANNOTATION]: text } } },
    { fieldManager: ROLLOUT_MANAGER, preconditions: { uid, resourceVersion } },
  );
}

/** True where the cluster says otherwise, so that it has to be written down. */
export function isNews(parent: LiveObject, state: RolloutState | null): boolean {
  const text = parent.metadata.annotations?.[ROLLOUT_ANNOTATION];
  return text !== (state === null ? undefined : writeRolloutState(state));
}
