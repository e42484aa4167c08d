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

/**
 * Writes down in the cluster how far a rollout is; null: none is on its way. A parent that was written since for another reason
 * is read anew; `stale` means that somebody else wrote how far the rollout is.
 */
export async function writeRollout(target: RolloutTarget, state: RolloutState | null): Promise<ApiResult<LiveObject>> {
  const written = await patch(target, state);
  if (written.ok || written.failure.type !== 'stale') return written;
  const { api, namespace, parent } = target;
  const read = await api.get(MANAGED_RESOURCES.ConfigMap, namespace, parent.metadata.name);
  const isSame = read.ok && read.value.metadata.uid === parent.metadata.uid && textOf(read.value) === textOf(parent);
  return isSame ? patch({ ...target, parent: read.value }, state) : written;
}

function patch({ api, namespace, parent }: RolloutTarget, state: RolloutState | null): Promise<ApiResult<LiveObject>> {
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

const textOf = ({ metadata }: LiveObject): string | undefined => metadata.annotations?.[ROLLOUT_ANNOTATION];

/** True where the cluster says otherwise, so that it has to be written down. */
export function isNews(parent: LiveObject, state: RolloutState | null): boolean {
  return textOf(parent) !== (state === null ? undefined : writeRolloutState(state));
}
