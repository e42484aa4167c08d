import type { KubeObject } from '../../../constructs/kube-object.ts';
import type { ApiResult, Applied } from '../../cluster/api.ts';
import type { FieldConflict } from '../../cluster/errors.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { MANAGED_RESOURCES, type ManagedKind } from '../../cluster/resources.ts';
import { droppedFields } from '../plan/dropped.ts';
import { isLeft } from '../plan/left-fields.ts';
import { formatPath } from '../plan/field-path.ts';
import { isHandEdit, settle } from '../plan/managers.ts';
import { withHeldFields } from '../plan/with-held-fields.ts';
import { FIELD_MANAGER, RETAINED_LABEL } from '../desired/stamp.ts';
import type { ApplyTarget } from './apply-target.ts';
import { takeDropped } from './take-dropped.ts';

export type ObjectApplied = ApiResult<Applied> & {
  /** Fields that were taken back from people's kubectl. */
  readonly taken: readonly FieldConflict[];
};

/** What of an object is not main's to write. */
export interface NotOurs {
  /** Fields that claworc.yaml leaves to the cluster. */
  readonly left?: readonly string[];
  /** Fields that the plan saw another manager hold. */
  readonly held?: readonly string[];
}

const LOOKS = 4;

/**
 * Applies one object, without force. What nothing but people's kubectl disputes is a hand edit of what git owns, and is
 * applied once more with force, over exactly the version that was looked at. A field that any other manager holds is left
 * with it, also where the plan did not know; that holds the object only where the API server names none of its fields.
 * An update names the uid that was seen: an object deleted meanwhile is `stale`, not created anew from an old plan.
 * Fields that are left to the cluster are given up without a word. Where others are dropped, or given up to their holders, it
 * names the resourceVersion too: who owns them besides was decided for that version.
 */
export async function applyObject(
  target: ApplyTarget,
  object: KubeObject,
  live: LiveObject | undefined,
  { left = [], held = [] }: NotOurs = {},
): Promise<ObjectApplied> {
  let seen = live;
  let known = held;
  const taken: FieldConflict[] = [];
  for (let look = 1; ; look++) {
    const tried = await applyOver(target, object, seen, { left, held: known });
    taken.push(...tried.taken);
    if (tried.ok || seen === undefined || look === LOOKS) return { ...tried, taken };
    const { failure } = tried;
    if (failure.type === 'field_conflict') {
      const found = failure.conflicts.filter(({ manager, field }) => !isHandEdit(manager) && !known.includes(field));
      if (found.length === 0) return { ...tried, taken };
      known = [...known, ...found.map(({ field }) => field)];
    } else if (failure.type !== 'stale') return { ...tried, taken };
    const again = await readAgain(target, seen);
    if (!again.ok) return { ...(again.failure.type === 'not_found' ? tried : again), taken };
    seen = again.value;
  }
}

async function applyOver(
  target: ApplyTarget,
  object: KubeObject,
  seen: LiveObject | undefined,
  { left, held }: Required<NotOurs>,
): Promise<ObjectApplied> {
  if (seen === undefined) return applyOnce(target, object);
  const dropped = droppedFields(object, seen).filter(({ path }) => !isLeft(path, left));
  const [theirs, free] = divide(dropped, ({ owners }) => owners.some((manager) => settle(manager) === 'hold'));
  const names = theirs.map(({ path }) => formatPath(path));
  const payload = withHeldFields(object, seen, [...held, ...names]);
  const ended = await takeDropped(target, seen, free);
  if (!ended.ok) return { ...ended, taken: [] };
  const { uid, resourceVersion } = ended.value.metadata;
  const isPinned = dropped.length > 0 || payload.givesUp;
  const applied = await applyOnce(target, payload.object, { uid, resourceVersion, isPinned });
  return { ...applied, taken: [...ended.taken, ...applied.taken] };
}

function divide<Item>(items: readonly Item[], isMeant: (item: Item) => boolean): readonly [Item[], Item[]] {
  return [items.filter(isMeant), items.filter((item) => !isMeant(item))];
}

interface Version {
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
  /** Whether already the first try is for this version alone. */
  readonly isPinned: boolean;
}

async function applyOnce(
  { api, namespace, signal }: ApplyTarget,
  object: KubeObject,
  { uid, resourceVersion, isPinned }: Version = { uid: undefined, resourceVersion: undefined, isPinned: false },
): Promise<ObjectApplied> {
  const resource = MANAGED_RESOURCES[object.kind as ManagedKind];
  const bodyOf = (isOfVersion: boolean): KubeObject => ({
    ...object,
    metadata: {
      ...object.metadata,
      ...(uid !== undefined && { uid }),
      ...(isOfVersion && resourceVersion !== undefined && { resourceVersion }),
    },
  });
  const options = { fieldManager: FIELD_MANAGER, ...(signal && { signal }) };
  const first = await api.apply(resource, namespace, bodyOf(isPinned), options);
  if (first.ok || first.failure.type !== 'field_conflict') return { ...first, taken: [] };
  const { conflicts } = first.failure;
  if (!conflicts.every(({ manager }) => isHandEdit(manager))) return { ...first, taken: [] };
  const forced = await api.apply(resource, namespace, bodyOf(true), { ...options, force: true });
  return { ...forced, taken: forced.ok ? conflicts : [] };
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
