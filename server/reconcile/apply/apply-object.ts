import type { KubeObject } from '../../../constructs/kube-object.ts';
import type { ApiResult, Applied } from '../../cluster/api.ts';
import type { FieldConflict } from '../../cluster/errors.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { MANAGED_RESOURCES, type ManagedKind } from '../../cluster/resources.ts';
import { droppedFields } from '../plan/dropped.ts';
import { isLeft } from '../plan/left-fields.ts';
import { isHandEdit } from '../plan/managers.ts';
import { FIELD_MANAGER, RETAINED_LABEL } from '../desired/stamp.ts';
import type { ApplyTarget } from './apply-target.ts';
import { takeDropped } from './take-dropped.ts';

export type ObjectApplied = ApiResult<Applied> & {
  /** Fields that were taken back from people's kubectl. */
  readonly taken: readonly FieldConflict[];
};

const LOOKS = 4;

/**
 * Applies one object: first without force. A conflict with nothing but people's kubectl edits is a hand edit of what
 * git owns, so the object is applied once more with force; any other conflict is the result.
 * An update names the uid that was seen: an object deleted meanwhile is `stale`, not created anew from an old plan.
 * Fields that are `left` to the cluster are given up without a word. Where others are dropped it names the resourceVersion too: who owns them besides was decided for that version.
 */
export async function applyObject(
  target: ApplyTarget,
  object: KubeObject,
  live: LiveObject | undefined,
  left: readonly string[] = [],
): Promise<ObjectApplied> {
  let seen = live;
  for (let look = 1; ; look++) {
    const given = seen === undefined ? [] : droppedFields(object, seen);
    const dropped = given.filter(({ path }) => !isLeft(path, left));
    if (seen === undefined || dropped.length === 0) return applyOnce(target, object, seen?.metadata.uid);
    const free = await takeDropped(target, seen, dropped);
    if (free.ok) {
      const { uid, resourceVersion } = free.value.metadata;
      const applied = await applyOnce(target, object, uid, resourceVersion);
      const taken = [...free.taken, ...applied.taken];
      if (applied.ok || applied.failure.type !== 'stale' || look === LOOKS) return { ...applied, taken };
    } else if (free.failure.type !== 'stale' || look === LOOKS) return { ...free, taken: [] };
    const again = await readAgain(target, seen);
    if (!again.ok) return { ...again, taken: [] };
    seen = again.value;
  }
}

async function applyOnce(
  { api, namespace, signal }: ApplyTarget,
  object: KubeObject,
  uid?: string,
  resourceVersion?: string,
): Promise<ObjectApplied> {
  const resource = MANAGED_RESOURCES[object.kind as ManagedKind];
  const metadata = {
    ...object.metadata,
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
  const body = { ...object, metadata };
  const options = { fieldManager: FIELD_MANAGER, ...(signal && { signal }) };
  const first = await api.apply(resource, namespace, body, options);
  if (first.ok || first.failure.type !== 'field_conflict') return { ...first, taken: [] };
  const { conflicts } = first.failure;
  if (!conflicts.every(({ manager }) => isHandEdit(manager))) return { ...first, taken: [] };
  return { ...(await api.apply(resource, namespace, body, { ...options, force: true })), taken: conflicts };
}

/** The object as it is now, as long as it is the one that was planned for. */
async function readAgain({ api, namespace, signal }: ApplyTarget, seen: LiveObject): Promise<ApiResult<LiveObject>> {
  const { name, uid } = seen.metadata;
  const read = await api.get(MANAGED_RESOURCES[seen.kind as ManagedKind], namespace, name, signal);
  if (!read.ok || read.value.metadata.uid === uid) return read;
  return { ok: false, failure: { type: 'stale', message: `${seen.kind} ${name} was replaced meanwhile` } };
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
