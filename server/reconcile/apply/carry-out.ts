import type { KubeObject } from '../../../constructs/kube-object.ts';
import { unmarkRetained } from './apply-object.ts';
import { applyPastClash } from './apply-past-clash.ts';
import type { ExecuteOptions } from './execute-options.ts';
import { isRetainedFrom } from '../plan/guards/index.ts';
import { diffObject, type FieldDifference } from '../plan/diff.ts';
import { conflictsIn, describeHeld, heldFields, heldIn, toldReason } from '../plan/held-fields.ts';
import { withLeftFields } from '../plan/left-fields.ts';
import { changedOnTheWay, describeOnTheWay, joinWords } from '../plan/on-the-way.ts';
import { describeStripped, strippedMarks } from '../plan/stripped-marks.ts';
import { resultOf, type ActionResult } from './outcome.ts';
import type { PlannedAction } from '../plan/plan-types.ts';
import { refused } from './refused.ts';
import { settleClash } from './settle-clash.ts';
import { removeObject, retainObject } from './remove-object.ts';

/** Does what one planned action says. `opened` is the object of a sealed key with its value. */
export async function carryOut(
  action: PlannedAction,
  unit: string,
  opened: KubeObject | undefined,
  options: ExecuteOptions,
  warnings: Set<string>,
): Promise<ActionResult> {
  const { live, desired } = action;
  const object = opened ?? desired?.object;
  switch (action.action) {
    case 'unchanged':
      return resultOf(action, 'unchanged', { reason: action.reason });
    case 'skip':
      return resultOf(action, 'skipped', {
        reason: action.reason,
        ...(desired !== undefined && action.keptBy === 'lost_marks' && { isInPlace: true }),
      });
    case 'conflict':
      return resultOf(action, 'conflict', { reason: toldReason(action), ...standingOf(heldIn(action)) });
    case 'create':
    case 'configure':
      return object === undefined ? resultOf(action, 'unchanged') : apply(action, unit, object, options, warnings);
    case 'replace': {
      if (object === undefined || live === undefined) return resultOf(action, 'unchanged');
      const removed = await removeObject(options, live);
      if (!removed.ok) return refused(action, removed.failure);
      if (!removed.value.pending) options.sink.remove(live);
      return resultOf(action, 'waiting', { reason: `waits until the old ${action.kind} is gone` });
    }
    case 'retain': {
      if (live === undefined) return resultOf(action, 'unchanged');
      const retained = await retainObject(options, live, unit);
      if (!retained.ok) return refused(action, retained.failure);
      options.sink.put(retained.value);
      return resultOf(action, 'retained');
    }
    case 'prune': {
      if (live === undefined) return resultOf(action, 'unchanged');
      const removed = await removeObject(options, live);
      if (!removed.ok) return refused(action, removed.failure);
      if (removed.value.pending)
        return resultOf(action, 'waiting', { reason: `waits until ${action.kind} ${action.name} is gone` });
      options.sink.remove(live);
      return resultOf(action, 'pruned');
    }
  }
}

async function apply(
  action: PlannedAction,
  unit: string,
  object: KubeObject,
  options: ExecuteOptions,
  warnings: Set<string>,
): Promise<ActionResult> {
  const { live } = action;
  if (live !== undefined && isRetainedFrom(live, unit)) {
    const unmarked = await unmarkRetained(options, live);
    if (!unmarked.ok) return refused(action, unmarked.failure);
  }
  const { left = [], sealed } = action.desired ?? {};
  const notOurs = { left, held: heldIn(action).map(({ field }) => field) };
  const { applied, clash } = await applyPastClash(options, withLeftFields(object, live, left), live, notOurs);
  if (!applied.ok) {
    const { failure } = applied;
    return clash === undefined
      ? refused(action, failure)
      : settleClash({ action, unit, object, failure, clash }, options);
  }
  for (const warning of applied.warnings) warnings.add(warning);
  options.sink.put(applied.value.object);
  const answer = applied.value.object;
  const stripped = strippedMarks(object, answer);
  if (stripped.length > 0) {
    return resultOf(action, 'failed', { reason: describeStripped(stripped, options.namespace), isInPlace: true });
  }
  const { fields: differing } = diffObject(object, answer, left, sealed?.mark);
  const held = heldFields(differing);
  const fields = action.fields.filter(({ field }) => held.every((other) => other.field !== field));
  const corrected = (action.drift && (fields.length > 0 || held.length === 0)) || applied.taken.length > 0;
  const onTheWay = describeOnTheWay(changedOnTheWay(object, answer, differing));
  const reason = joinWords(action.reason, describeHeld(held), onTheWay);
  const standing = held.length === 0 ? {} : { conflicts: conflictsIn(held) };
  const result = applied.value.created ? 'created' : 'configured';
  const owners = action.drift ? fields.flatMap((field) => field.owners) : [];
  const correctedFrom = [...new Set([...applied.taken.map(({ manager }) => manager), ...owners])];
  const told = corrected ? { corrected, correctedFrom, reason } : { corrected, reason };
  return resultOf({ ...action, fields }, result, { ...told, ...standing });
}

/** What an object whose fields are all as main says, but for those that others hold, is to the rest of its unit. */
const standingOf = (held: readonly FieldDifference[]): Pick<ActionResult, 'conflicts' | 'isInPlace'> => ({
  conflicts: conflictsIn(held),
  ...(held.length > 0 && { isInPlace: true }),
});
