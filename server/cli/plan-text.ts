import type { FieldDifference } from '../reconcile/diff.ts';
import type { ActionResult, UnitOutcome } from '../reconcile/outcome.ts';
import type { RepoPlan } from '../reconcile/plan-repo.ts';
import { isChange, type PlannedAction, type UnitPlan } from '../reconcile/plan-types.ts';

/** Past this a field's value is cut: a plan is read, not parsed. */
const VALUE_LENGTH = 80;

/** A plan for people: what is applied to where, each unit that is not unchanged, and the sum. */
export function planLines(plan: RepoPlan): string[] {
  const changed = plan.units.filter((unit) => unit.state === 'held' || unit.actions.some(isNotable));
  return [
    `commit ${plan.commit.slice(0, 7)} to namespace ${plan.namespace ?? '(none)'} of ${plan.context} (${plan.server})`,
    ...changed.flatMap(unitLines),
    planSum(plan.units),
  ];
}

/** What `claworc apply` did, unit by unit; unchanged units are only counted. */
export function outcomeLines(units: readonly UnitOutcome[]): string[] {
  return units.flatMap((unit) => {
    const notable = unit.results.filter(({ result }) => result !== 'unchanged');
    if (unit.state === 'done' && notable.length === 0 && unit.warnings.length === 0) return [];
    return [
      `${unit.unit}: ${unit.state}${unit.reason === '' ? '' : `, ${unit.reason}`}`,
      ...notable.flatMap(resultLines),
      ...unit.warnings.map((warning) => `  warning: ${warning}`),
    ];
  });
}

export function outcomeSum(units: readonly UnitOutcome[]): string {
  const results = units.flatMap(({ results: all }) => all.map(({ result }) => result));
  const unfinished = units.filter(({ state }) => state !== 'done').length;
  const sum = countWords(results);
  return unfinished === 0 ? sum : `${sum}; ${unfinished} of ${units.length} units not done`;
}

function unitLines(unit: UnitPlan): string[] {
  if (unit.state === 'held') return [`${unit.unit}: held, ${unit.reason}`];
  return [`${unit.unit}:`, ...unit.actions.filter(isNotable).flatMap(actionLines)];
}

function actionLines({ action, kind, name, reason, fields }: PlannedAction): string[] {
  return [`  ${action} ${kind}/${name}${reason === '' ? '' : `: ${reason}`}`, ...fields.map(fieldLine)];
}

function resultLines({ result, kind, name, reason, corrected }: ActionResult): string[] {
  const how = corrected ? ' (drift corrected)' : '';
  return [`  ${result} ${kind}/${name}${how}${reason === '' ? '' : `: ${reason}`}`];
}

function fieldLine({ field, main, live, owners }: FieldDifference): string {
  const by = owners.length === 0 ? '' : ` (owned by ${owners.join(', ')})`;
  return `      ${field}: ${shorten(live)} -> ${shorten(main)}${by}`;
}

function planSum(units: readonly UnitPlan[]): string {
  const held = units.filter(({ state }) => state === 'held').length;
  const sum = countWords(units.flatMap(({ actions }) => actions.map(({ action }) => action)));
  return held === 0 ? sum : `${sum}; ${held} of ${units.length} units held`;
}

function countWords(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts.size === 0 ? 'nothing to do' : [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}

const isNotable = (action: PlannedAction): boolean =>
  isChange(action) || action.action === 'conflict' || action.action === 'skip';

function shorten(value: string | null): string {
  if (value === null) return 'none';
  const line = value.replaceAll('\n', '\\n');
  return line.length <= VALUE_LENGTH ? line : `${line.slice(0, VALUE_LENGTH)}...`;
}
