import type { ApiFailure } from '../../cluster/errors.ts';
import { describeHeld, heldIn } from '../plan/held-fields.ts';
import { joinWords } from '../plan/on-the-way.ts';
import { describeConflicts } from '../plan/managers.ts';
import type { PlannedAction } from '../plan/plan-types.ts';
import { resultOf, type ActionResult } from './outcome.ts';

/** What became of an action that the cluster refused. */
export function refused(action: PlannedAction, failure: ApiFailure): ActionResult {
  if (failure.type === 'field_conflict') {
    return resultOf(action, 'conflict', {
      reason: describeConflicts(failure.conflicts),
      conflicts: failure.conflicts,
      failure,
    });
  }
  // Main's values beside those of somebody else may be what the cluster can't have together.
  const reason = joinWords(failure.message, describeHeld(heldIn(action)));
  return resultOf(action, 'failed', { reason, failure });
}
