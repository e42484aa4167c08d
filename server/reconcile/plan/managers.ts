import type { FieldConflict } from '../../cluster/errors.ts';
import type { FieldDifference } from './diff.ts';

/**
 * Managers whose edits are hand edits of what git owns. `kubectl-rollout` is left out: its restart annotation is
 * nothing that we render.
 */
export function isHandEdit(manager: string): boolean {
  return (manager === 'kubectl' || manager.startsWith('kubectl-')) && manager !== 'kubectl-rollout';
}

/** Conflicts that forbid an apply: fields that something other than a person's kubectl owns. */
export function foreignConflicts(fields: readonly FieldDifference[]): readonly FieldConflict[] {
  return fields.flatMap(({ field, live, owners }) =>
    live === null ? [] : owners.filter((manager) => !isHandEdit(manager)).map((manager) => ({ manager, field })),
  );
}

/** `spec.replicas is held by hpa`. */
export function describeConflicts(conflicts: readonly FieldConflict[]): string {
  return conflicts.map(({ manager, field }) => `${field} is held by ${manager}`).join('; ');
}
