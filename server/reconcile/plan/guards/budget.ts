import type { Guard } from './guard.ts';
import { isRetainedFrom } from './mark.ts';

/**
 * What main removes goes as far as the budget or an approval lets it, and at its turn; until then it is left whole, its
 * volumes too. Volumes that are only kept are no removal, and wait for nothing once their bot is gone.
 */
export const budgetGuard: Guard = ({ unit, object, desired, removals }) => {
  if (desired.state !== 'removed' || removals === undefined) return undefined;
  const isKept = isRetainedFrom(object, unit);
  const isOnlyKept = object.kind === 'PersistentVolumeClaim' && desired.data === 'retain';
  if (isKept && isOnlyKept) return undefined;
  const held = removals(desired, isKept ? 'kept_data' : 'bot');
  if (held === undefined || (isOnlyKept && held.wait === 'count')) return undefined;
  return { guard: held.wait === 'approval' ? 'budget' : 'turn', reason: held.reason };
};
