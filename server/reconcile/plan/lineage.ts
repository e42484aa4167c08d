import { FLEET_UNIT } from '../../../constructs/repo/index.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { parentNameOf } from '../desired/applyset-id.ts';
import type { PrunePermit } from '../desired/desired-state.ts';
import type { LiveIndex } from '../live/live-index.ts';
import { COMMIT_ANNOTATION } from './applyset.ts';

/** True when `ancestor` is `commit` or lies behind it. */
export type IsAncestor = (ancestor: string, commit: string) => Promise<boolean>;

/** The ApplySet parent of what the fleet shares; it carries the commit. */
export const fleetParent = (index: LiveIndex): LiveObject | undefined =>
  index.get('ConfigMap', parentNameOf(FLEET_UNIT));

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
