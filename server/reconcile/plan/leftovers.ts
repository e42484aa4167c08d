import type { LiveObject } from '../../cluster/live-object.ts';
import { unitApplySetId } from '../desired/applyset-id.ts';
import { PART_OF_LABEL, UNIT_ANNOTATION, unitMark } from '../desired/stamp.ts';
import { wasAppliedByUs } from '../live/evidence.ts';
import type { Refusal } from './guards/index.ts';
import { isChange, type KeptBy, type PlannedAction } from './plan-types.ts';

/** Why an object that main doesn't want stays, and what to do where a person has to. */
export function keptBecause(
  { guard, reason }: Refusal,
  object: LiveObject,
  unit: string,
  namespace: string,
): { readonly reason: string; readonly keptBy: KeptBy } {
  if (guard === 'source' || guard === 'budget' || guard === 'turn') return { reason, keptBy: guard };
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

/**
 * A Deployment that stays keeps its pod, and its pod all that it uses: nothing else of a unit that leaves is touched
 * before somebody has decided about it. Waiting for the pod's end would be waiting for ever.
 */
export function afterTheDeployment(actions: readonly PlannedAction[]): readonly PlannedAction[] {
  const kept = actions.find(({ kind, keptBy }) => kind === 'Deployment' && keptBy === 'lost_marks');
  if (kept === undefined) return actions;
  const reason = `it stays as long as Deployment ${kept.name}, whose pod may use it`;
  return actions.map((action) => (isChange(action) ? { ...action, action: 'skip', reason, keptBy: 'guard' } : action));
}

/** True for what still has to go before the cluster has let go of a unit that main no longer has. */
export const isStillThere = ({ action, keptBy }: PlannedAction): boolean =>
  action !== 'unchanged' && action !== 'retain' && keptBy !== 'stranger';
