import type { FieldConflict } from '../../cluster/errors.ts';
import { isLeft } from './left-fields.ts';
import type { FieldPath } from './field-path.ts';

/**
 * What becomes of a field that another manager owns with another value than main's. `take`: main's value is written, by
 * force. `yield`: claworc.yaml leaves it to the cluster, and it is nobody's difference. `hold`: it stays as its owner has
 * it, the rest of the object is applied, and both values are shown.
 */
export type Settlement = 'take' | 'yield' | 'hold';

/** The first row whose pattern has the manager counts; nobody else is ever forced. */
const BY_MANAGER: readonly (readonly [RegExp, Settlement])[] = [
  // Its restart annotation is nothing that we render, and its `undo` is a wish that main has to tell.
  [/^kubectl-rollout$/, 'hold'],
  [/^kubectl(-.*)?$/, 'take'],
];

/** The table of managers and fields. What claworc.yaml leaves to the cluster goes before who has it. */
export function settle(manager: string, path: FieldPath = [], left: readonly string[] = []): Settlement {
  if (isLeft(path, left)) return 'yield';
  return BY_MANAGER.find(([pattern]) => pattern.test(manager))?.[1] ?? 'hold';
}

/** A manager whose edits are hand edits of what git owns: people's kubectl. */
export const isHandEdit = (manager: string): boolean => settle(manager) === 'take';

/** `spec.replicas is held by hpa`. */
export function describeConflicts(conflicts: readonly FieldConflict[]): string {
  return conflicts.map(({ manager, field }) => `${field} is held by ${manager}`).join('; ');
}
