import { heldIn } from '../held-fields.ts';
import type { PlannedAction } from '../plan-types.ts';

/** Fields of an action that main's value is written to: those that nobody else holds. */
export function writtenFields(action: PlannedAction): readonly string[] {
  const held = heldIn(action);
  return action.fields.filter((field) => !held.includes(field)).map(({ field }) => field);
}
