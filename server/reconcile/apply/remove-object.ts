import type { ApiResult } from '../../cluster/api.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { MANAGED_RESOURCES, type ManagedKind } from '../../cluster/resources.ts';
import type { ApplyTarget } from './apply-target.ts';
import { DIGEST_ANNOTATION, FIELD_MANAGER, PART_OF_LABEL, RETAINED_LABEL } from '../desired/stamp.ts';

/**
 * Deletes exactly the object that the plan saw. A Deployment goes in the foreground: it is there until its pods are
 * gone, and what they mount is touched after that only.
 */
export async function removeObject(
  { api, namespace, signal }: ApplyTarget,
  live: LiveObject,
): Promise<ApiResult<{ readonly pending: boolean }>> {
  const { name, uid = '', resourceVersion = '' } = live.metadata;
  const removed = await api.remove(MANAGED_RESOURCES[live.kind as ManagedKind], namespace, name, {
    preconditions: { uid, resourceVersion },
    propagation: live.kind === 'Deployment' ? 'Foreground' : 'Background',
    ...(signal && { signal }),
  });
  const gone = !removed.ok && removed.failure.type === 'not_found';
  return gone ? { ok: true, value: { pending: false }, warnings: [] } : removed;
}

/**
 * Marks a volume as kept: out of the ApplySet, labelled with the bot that had it. By merge patch, since an apply
 * without a spec is refused for a claim.
 */
export function retainObject(
  { api, namespace, signal }: ApplyTarget,
  live: LiveObject,
  unit: string,
): Promise<ApiResult<LiveObject>> {
  const { name, uid = '', resourceVersion = '' } = live.metadata;
  const patch = {
    metadata: {
      labels: { [PART_OF_LABEL]: null, [RETAINED_LABEL]: unit },
      annotations: { [DIGEST_ANNOTATION]: null },
    },
  };
  return api.mergePatch(MANAGED_RESOURCES[live.kind as ManagedKind], namespace, name, patch, {
    fieldManager: FIELD_MANAGER,
    preconditions: { uid, resourceVersion },
    ...(signal && { signal }),
  });
}
