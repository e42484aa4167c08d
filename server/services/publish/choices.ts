import { createHash } from 'node:crypto';
import type { MergeConflict } from '../../../constructs/merge.ts';
import type { EditChoices, EditConflict } from '../../store/edit.ts';

/**
 * Names a conflict by its field and by what stands there: a choice that a person made by it counts no longer when somebody
 * puts another value there.
 */
export function choiceOf({ unit, field, theirs }: Pick<EditConflict, 'unit' | 'field' | 'theirs'>): string {
  const seen = JSON.stringify([unit, field, theirs ?? null]);
  return createHash('sha256').update(seen).digest('base64url').slice(0, 22);
}

/** What a person decided of a conflict of a unit; undefined where they did not. */
export function settledBy(
  { mine = [], theirs = [] }: EditChoices = {},
  unit: string,
  conflict: MergeConflict,
): { readonly value: unknown } | undefined {
  const choice = choiceOf({ unit, ...conflict });
  if (mine.includes(choice)) return { value: conflict.mine };
  return theirs.includes(choice) ? { value: conflict.theirs } : undefined;
}
