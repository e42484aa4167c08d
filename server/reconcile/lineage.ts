import type { ClusterApi } from '../cluster/api.ts';
import type { LiveObject } from '../cluster/live-object.ts';
import { MANAGED_RESOURCES } from '../cluster/resources.ts';
import { FLEET_UNIT } from '../../constructs/repo/index.ts';
import {
  COMMIT_ANNOTATION,
  PARENT_FIELD_MANAGER,
  parentNameOf,
  parentObject,
  parentRefusal,
  recordedKinds,
} from './applyset.ts';
import type { LiveIndex } from './live-index.ts';
import type { PrunePermit } from './plan-types.ts';

/** True when `ancestor` is `commit` or lies behind it. */
export type IsAncestor = (ancestor: string, commit: string) => Promise<boolean>;

const fleetParent = (index: LiveIndex): LiveObject | undefined => index.get('ConfigMap', parentNameOf(FLEET_UNIT));

/** The commit that this cluster was last brought to; undefined before the first. */
export const lastCommit = (index: LiveIndex): string | undefined =>
  fleetParent(index)?.metadata.annotations?.[COMMIT_ANNOTATION];

/** Deletions are decided only from a descendant of what was applied before: a rewound or rewritten main lacks tombstones. */
export async function lineagePermit(
  commit: string,
  last: string | undefined,
  isAncestor: IsAncestor | undefined,
): Promise<PrunePermit> {
  if (last === undefined || last === commit || isAncestor === undefined) return { allowed: true };
  if (await isAncestor(last, commit).catch(() => false)) return { allowed: true };
  const short = (hash: string): string => hash.slice(0, 7);
  return {
    allowed: false,
    reason: `main is at ${short(commit)}, which does not come after ${short(last)}, applied before: nothing is removed until it does`,
  };
}

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
