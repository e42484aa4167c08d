import type { PlannedAction, UnitPlan } from '../plan/plan-types.ts';
import type { UnitSync } from './observed.ts';

/** What the cluster may wait for where another program applies, in the words of a page. */
export const NOT_APPLIED_YET = 'not applied yet';

/**
 * The sync word of a unit that another program applies, with its reason; undefined where all of it is as main says. What
 * somebody changed counts more than what its applier has yet to bring.
 */
export function externalTrouble({
  actions,
}: UnitPlan): { readonly sync: UnitSync; readonly reason: string } | undefined {
  const changed = actions.filter(({ standing }) => standing === 'changed');
  if (changed.length > 0) return { sync: 'drifted', reason: describe(changed) };
  const behind = actions.filter(({ standing }) => standing === 'behind');
  if (behind.length === 0) return undefined;
  const isNothingThere = behind.length === actions.length && actions.every(({ live }) => live === undefined);
  return { sync: 'published', reason: isNothingThere ? NOT_APPLIED_YET : describe(behind) };
}

/** Who applied it: `by kustomize-controller`. */
export function appliedBy(managers: readonly string[]): string {
  if (managers.length === 0) return '';
  if (managers.every((manager) => manager === 'claworc')) {
    return 'by claworc; no other applier has applied it since';
  }
  return `by ${managers.join(', ')}`;
}

const describe = (actions: readonly PlannedAction[]): string =>
  actions.map(({ kind, name, reason }) => `${kind} ${name}: ${reason}`).join('; ');
