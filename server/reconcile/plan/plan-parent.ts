import { COMMIT_ANNOTATION, parentIsCurrent, parentObject, parentRefusal, recordedKinds } from './applyset.ts';
import type { PlanContext } from './plan-context.ts';
import type { DesiredUnit } from '../desired/desired-state.ts';
import type { LiveUnit } from '../live/live-unit.ts';
import type { ParentPlan, PlannedAction } from './plan-types.ts';
import { PART_OF_LABEL, unitOf } from '../desired/stamp.ts';

/**
 * The ApplySet parent of a unit, written before its members. It records a kind before the first member of that kind is
 * there and until the last one was seen to be gone, so that whatever reads it after a crash finds every member.
 */
export function planParent(
  desired: DesiredUnit,
  live: LiveUnit,
  actions: readonly PlannedAction[],
  { namespace, version }: PlanContext,
): ParentPlan {
  const { unit } = desired;
  const { parent } = live;
  const members = [...live.objects.values()].filter(
    (object) => unitOf(object) === unit && object.metadata.labels?.[PART_OF_LABEL] !== undefined,
  );
  const wanted = desired.state === 'present' ? desired.objects : [];
  const refusal = parentRefusal(parent, unit, namespace);

  if (wanted.length === 0 && members.length === 0) {
    const goes =
      desired.state === 'removed' && refusal === undefined && parent?.metadata.deletionTimestamp === undefined;
    return goes && parent !== undefined ? { action: 'prune', live: parent } : { action: 'unchanged' };
  }
  if (refusal !== undefined) return { action: 'conflict', reason: refusal };
  if (desired.state === 'removed') return { action: 'unchanged' };

  const leaving = actions.some(({ action }) => action === 'prune');
  const kinds = new Set([...wanted, ...members].map(({ kind }) => kind));
  const recorded = leaving ? recordedKinds(parent) : [];
  const commit = parent?.metadata.annotations?.[COMMIT_ANNOTATION];
  const object = parentObject(unit, namespace, [...kinds, ...recorded], version, commit);
  return parentIsCurrent(parent, object) ? { action: 'unchanged' } : { action: 'write', object };
}
