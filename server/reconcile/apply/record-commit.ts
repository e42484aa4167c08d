import { FLEET_UNIT } from '../../../constructs/repo/index.ts';
import type { ClusterApi } from '../../cluster/api.ts';
import { MANAGED_RESOURCES } from '../../cluster/resources.ts';
import type { LiveIndex } from '../live/live-index.ts';
import { PARENT_FIELD_MANAGER, parentObject, parentRefusal, recordedKinds } from '../plan/applyset.ts';
import { fleetParent, lastCommit } from '../plan/lineage.ts';

/** Writes the commit on the fleet's parent when it is not there yet. A refusal is no failure: the next pass tries again. */
export async function recordCommit(
  {
    api,
    index,
    namespace,
    version,
  }: { readonly api: ClusterApi; readonly index: LiveIndex; readonly namespace: string; readonly version: string },
  commit: string,
): Promise<void> {
  const parent = fleetParent(index);
  if (lastCommit(index) === commit || parentRefusal(parent, FLEET_UNIT, namespace) !== undefined) return;
  const object = parentObject(FLEET_UNIT, namespace, recordedKinds(parent), version, commit);
  const written = await api.apply(MANAGED_RESOURCES.ConfigMap, namespace, object, {
    fieldManager: PARENT_FIELD_MANAGER,
  });
  if (written.ok) index.put(written.value.object);
}
