import type { LiveObject } from '../../cluster/live-object.ts';
import { unitApplySetId } from '../desired/applyset-id.ts';
import { PART_OF_LABEL, UNIT_ANNOTATION, unitMark } from '../desired/stamp.ts';
import { wasAppliedByUs } from '../live/evidence.ts';
import type { Refusal } from './guards/index.ts';
import type { KeptBy, PlannedAction } from './plan-types.ts';

/** Why an object that main doesn't want stays, and what to do where a person has to. */
export function keptBecause(
  { guard, reason }: Refusal,
  object: LiveObject,
  unit: string,
  namespace: string,
): { readonly reason: string; readonly keptBy: KeptBy } {
  if (guard === 'source') return { reason, keptBy: 'source' };
  if (guard !== 'mark') return { reason, keptBy: 'guard' };
  // Only we can have applied it, but a mark that is gone may be somebody's wish: no deletion on that evidence alone.
  if (wasAppliedByUs(object)) return { reason: lostMarks(object, unit, namespace), keptBy: 'lost_marks' };
  return { reason, keptBy: 'stranger' };
}

function lostMarks({ kind, metadata: { name } }: LiveObject, unit: string, namespace: string): string {
  const target = `${kind.toLowerCase()}/${name}`;
  const label = `kubectl -n ${namespace} label --overwrite ${target} ${PART_OF_LABEL}=${unitApplySetId(unit, namespace)}`;
  const annotation = `kubectl -n ${namespace} annotate --overwrite ${target} ${UNIT_ANNOTATION}=${unitMark(unit, kind, name)}`;
  return `Claworc applied it, but it lost its marks: it is not deleted. To let it go as main says: \`${label} && ${annotation}\``;
}

/** What a deletion that is under way waits for, as far as the object says. */
export function deletionReason({ metadata: { deletionTimestamp, finalizers = [] } }: LiveObject): string {
  const since = `it is being deleted since ${deletionTimestamp ?? ''}`;
  const own = finalizers.filter((finalizer) => finalizer !== 'foregroundDeletion');
  return own.length === 0 ? since : `${since} and waits for ${own.join(', ')}`;
}

/** True for what still has to go before the cluster has let go of a unit that main no longer has. */
export const isStillThere = ({ action, keptBy }: PlannedAction): boolean =>
  action !== 'unchanged' && action !== 'retain' && keptBy !== 'stranger';
