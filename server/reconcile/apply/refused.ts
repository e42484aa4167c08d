import type { ApiFailure } from '../../cluster/errors.ts';
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
  return resultOf(action, 'failed', { reason: failure.message, failure });
}
