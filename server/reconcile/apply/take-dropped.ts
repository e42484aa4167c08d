import type { ApiResult } from '../../cluster/api.ts';
import type { FieldConflict } from '../../cluster/errors.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { MANAGED_RESOURCES, type ManagedKind } from '../../cluster/resources.ts';
import type { DroppedField } from '../plan/dropped.ts';
import { formatPath } from '../plan/field-path.ts';
import { withoutHandEdits } from '../plan/hand-edits.ts';
import { FIELD_MANAGER } from '../desired/stamp.ts';
import type { ApplyTarget } from './apply-target.ts';

export type DroppedTaken = ApiResult<LiveObject> & {
  /** Claims of people's kubectl that were ended. */
  readonly taken: readonly FieldConflict[];
};

/**
 * Makes us the only owner of what main drops, so that the apply that follows removes it: until then nothing of the object
 * changes, no pod restarts, and an interruption leaves us an owner who knows what to drop. The patch replaces
 * managedFields of exactly the version that was looked at. `dropped` has fields that nobody beside us and people's kubectl claims.
 */
export async function takeDropped(
  { api, namespace, signal }: ApplyTarget,
  live: LiveObject,
  dropped: readonly DroppedField[],
): Promise<DroppedTaken> {
  const claims = dropped.flatMap(({ path, owners }) =>
    owners.map((manager): FieldConflict => ({ manager, field: formatPath(path) })),
  );
  const managedFields = withoutHandEdits(
    live,
    dropped.map(({ path }) => path),
  );
  if (managedFields === undefined) return { ok: true, value: live, warnings: [], taken: [] };
  const { name, uid = '', resourceVersion = '' } = live.metadata;
  const resource = MANAGED_RESOURCES[live.kind as ManagedKind];
  const patched = await api.mergePatch(
    resource,
    namespace,
    name,
    { metadata: { managedFields } },
    { fieldManager: FIELD_MANAGER, preconditions: { uid, resourceVersion }, ...(signal && { signal }) },
  );
  return { ...patched, taken: claims };
}
