import type { OfferPlan } from '../../../../server/http/schemas/offer-plan.ts';
import { count } from './format.ts';

export type PlannedUnit = OfferPlan['units'][number];

/** How many objects a plan creates, configures and so on; `held` are those it leaves alone although main wants them. */
export interface PlanCounts {
  readonly created: number;
  readonly configured: number;
  readonly replaced: number;
  readonly removed: number;
  readonly kept: number;
  readonly held: number;
}

const ACTIONS = {
  created: ['create'],
  configured: ['configure'],
  replaced: ['replace'],
  removed: ['prune'],
  kept: ['retain'],
  held: ['skip', 'conflict'],
} as const satisfies Readonly<Record<keyof PlanCounts, readonly string[]>>;

export function countPlan(units: readonly PlannedUnit[]): PlanCounts {
  const actions = units.flatMap((unit) => unit.actions.map(({ action }) => action));
  const amount = (verbs: readonly string[]): number => actions.filter((action) => verbs.includes(action)).length;
  return {
    created: amount(ACTIONS.created),
    configured: amount(ACTIONS.configured),
    replaced: amount(ACTIONS.replaced),
    removed: amount(ACTIONS.removed),
    kept: amount(ACTIONS.kept),
    held: amount(ACTIONS.held),
  };
}

/** `6 created, 1 held`, without what is zero; empty where nothing changes. */
export function countWords(counts: PlanCounts): string {
  const words = ['created', 'configured', 'replaced', 'removed', 'kept', 'held'] as const;
  return words
    .filter((word) => counts[word] > 0)
    .map((word) => `${counts[word]} ${word}`)
    .join(', ');
}

/** What becomes of one unit. */
export function unitWords(unit: PlannedUnit): string {
  if (unit.state === 'held') return 'held';
  const counts = countWords(countPlan([unit])) || 'no change';
  return unit.words === '' ? counts : `${unit.words}: ${counts}`;
}

/** Why a unit or objects of it are left alone or kept, each reason once. */
export function reasonsOf(unit: PlannedUnit): readonly string[] {
  const explained: readonly string[] = [...ACTIONS.held, ...ACTIONS.kept, ...ACTIONS.replaced];
  const reasons = unit.actions.filter(({ action }) => explained.includes(action)).map(({ reason }) => reason);
  return [...new Set([unit.reason, ...reasons])].filter((reason) => reason !== '');
}

/** True for a unit that the plan has something to say about. */
export function isTouched(unit: PlannedUnit): boolean {
  return unit.state === 'held' || unit.actions.length > 0;
}

/** The whole plan: `13 created, 1 held; 1 unit held whole`. */
export function totalWords(units: readonly PlannedUnit[]): string {
  const objects = countWords(countPlan(units)) || 'no change';
  const held = units.filter((unit) => unit.state === 'held').length;
  return held === 0 ? objects : `${objects}; ${count(held, 'unit')} held whole`;
}
