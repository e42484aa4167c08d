import type { KubeObject } from '../../../constructs/kube-object.ts';
import type { ApiResult, Applied, ClusterApi } from '../../cluster/api.ts';
import type { FieldConflict } from '../../cluster/errors.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { MANAGED_RESOURCES, type ManagedKind } from '../../cluster/resources.ts';
import { isHandEdit } from '../plan/managers.ts';
import { FIELD_MANAGER, RETAINED_LABEL } from '../desired/stamp.ts';

export interface ApplyTarget {
  readonly api: ClusterApi;
  readonly namespace: string;
  readonly signal?: AbortSignal;
}

export type ObjectApplied = ApiResult<Applied> & {
  /** Fields that were taken back from people's kubectl. */
  readonly taken: readonly FieldConflict[];
};

/**
 * Applies one object: first without force. A conflict with nothing but people's kubectl edits is a hand edit of what
 * git owns, so the object is applied once more with force; any other conflict is the result.
 * An update names the uid that was seen: an object deleted meanwhile is `stale`, not created anew from an old plan.
 */
export async function applyObject(
  { api, namespace, signal }: ApplyTarget,
  object: KubeObject,
  live: LiveObject | undefined,
): Promise<ObjectApplied> {
  const resource = MANAGED_RESOURCES[object.kind as ManagedKind];
  const uid = live?.metadata.uid;
  const body = uid === undefined ? object : { ...object, metadata: { ...object.metadata, uid } };
  const options = { fieldManager: FIELD_MANAGER, ...(signal && { signal }) };
  const first = await api.apply(resource, namespace, body, options);
  if (first.ok || first.failure.type !== 'field_conflict') return { ...first, taken: [] };
  const { conflicts } = first.failure;
  if (!conflicts.every(({ manager }) => isHandEdit(manager))) return { ...first, taken: [] };
  return { ...(await api.apply(resource, namespace, body, { ...options, force: true })), taken: conflicts };
}

/** Takes the mark of a kept volume away, so that its bot's claim can be applied again. */
export function unmarkRetained(
  { api, namespace, signal }: ApplyTarget,
  live: LiveObject,
): Promise<ApiResult<LiveObject>> {
  const { name, uid = '', resourceVersion = '' } = live.metadata;
  const patch = { metadata: { labels: { [RETAINED_LABEL]: null } } };
  return api.mergePatch(MANAGED_RESOURCES[live.kind as ManagedKind], namespace, name, patch, {
    fieldManager: FIELD_MANAGER,
    preconditions: { uid, resourceVersion },
    ...(signal && { signal }),
  });
}
