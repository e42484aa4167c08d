import type { UnitPlan } from '../plan-types.ts';
import { effectOfPlan } from './bot-effect.ts';
import { countsOf } from './effect-counts.ts';
import { sumsOfPlans, type PlanSums } from './plan-sums.ts';
import { sumChanges } from './sum-changes.ts';

/** What carrying plans out does to the bots of a fleet. */
export interface PlanEffect extends PlanSums {
  /** `4 bots restart, 1 is removed, its data stays; memory 8Gi → 6Gi`; empty where nothing changes. */
  readonly words: string;
}

export function effectOfPlans(units: readonly UnitPlan[]): PlanEffect {
  const sums = sumsOfPlans(units);
  const counts = countsOf(units.flatMap((unit) => effectOfPlan(unit) ?? []));
  // A sum is only told beside what changes it: what is there already may ask for more than it did when it was made.
  const changes =
    counts === '' ? [] : sumChanges(fieldsOf(sums)).map(({ what, before, after }) => `${what} ${before} → ${after}`);
  return { ...sums, words: [counts, ...changes].filter((words) => words !== '').join('; ') };
}

const fieldsOf = ({ before, after }: PlanSums): Parameters<typeof sumChanges>[0] => ({
  before: { ...before },
  after: { ...after },
});

/** `restarts`; what a plan does to the one bot, empty where nothing changes. */
export function wordsOfPlan(unit: UnitPlan): string {
  const effect = effectOfPlan(unit);
  if (effect === null) return '';
  const counts = countsOf([effect]);
  return counts.replace(/^1 bot /, '');
}
