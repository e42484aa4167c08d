import type { KubeObject } from '../../../constructs/kube-object.ts';
import { unmarkRetained } from './apply-object.ts';
import { applyPastClash } from './apply-past-clash.ts';
import type { ExecuteOptions } from './execute-options.ts';
import { isRetainedFrom } from '../plan/guards/index.ts';
import { diffObject } from '../plan/diff.ts';
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
      return resultOf(action, 'conflict', { reason: action.reason });
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
  const left = action.desired?.left;
  const { applied, clash } = await applyPastClash(options, withLeftFields(object, live, left), live, left);
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
  const corrected = action.drift || applied.taken.length > 0;
  const onTheWay = describeOnTheWay(changedOnTheWay(object, answer, diffObject(object, answer, left).fields));
  const reason = joinWords(action.reason, onTheWay);
  return resultOf(action, applied.value.created ? 'created' : 'configured', { corrected, reason });
}
