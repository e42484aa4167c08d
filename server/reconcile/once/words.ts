import { suspensionWords } from '../../../constructs/schema/index.ts';
import type { MainData, OutcomeData, PlanData, UnitPlanData } from './report.ts';
import type { ActionResult, UnitOutcome } from '../apply/outcome.ts';
import type { ObjectEffect } from '../plan/effect/object-effect.ts';
import type { PlannedVerb } from '../plan/plan-types.ts';

const SIGNS: Readonly<Record<PlannedVerb, string>> = {
  create: '+',
  configure: '~',
  unchanged: ' ',
  replace: '!',
  retain: '=',
  prune: '-',
  skip: '?',
  conflict: '!',
};

const COUNTED: readonly (readonly [PlannedVerb, string])[] = [
  ['create', 'to create'],
  ['configure', 'to configure'],
  ['replace', 'to replace'],
  ['retain', 'to retain'],
  ['prune', 'to prune'],
  ['conflict', 'in conflict'],
  ['skip', 'skipped'],
  ['unchanged', 'unchanged'],
];

/** A plan as people read it on a terminal: units that change with their fields, the rest as a count. */
export function formatPlan(plan: PlanData): string {
  if (plan.applier === 'external') return formatComparison(plan);
  const { commit, main, context, server, namespace, units, counts, held, suspended, notes, needsAllowOlder } = plan;
  const lines = [
    `Plan of ${short(commit)}${besideMain(main)} for namespace ${namespace ?? '(none)'} on ${context} (${server})`,
  ];
  for (const unit of units) lines.push(...formatUnit(unit));
  const parts = COUNTED.filter(([verb]) => counts[verb] > 0).map(([verb, words]) => `${counts[verb]} ${words}`);
  if (suspended.length > 0)
    parts.push(`${suspended.length} ${suspended.length === 1 ? 'unit' : 'units'} suspended or only compared`);
  if (held.length > 0) parts.push(`${held.length} ${held.length === 1 ? 'unit' : 'units'} held`);
  const heldFields = units.flatMap(({ objects }) => objects.flatMap(({ fields }) => fields.filter(isHeldField))).length;
  if (heldFields > 0) parts.push(`${heldFields} ${heldFields === 1 ? 'field' : 'fields'} held by others`);
  if (parts.length === 0) parts.push('Nothing to do');
  if (needsAllowOlder) notes.forEach((note) => lines.push('', note));
  const end = needsAllowOlder ? ['apply is refused without --allow-older'] : notes;
  lines.push('', ...effectLine(plan), `${[parts.join(', '), ...end].join('; ')}.`);
  return `${lines.join('\n')}\n`;
}

/** `Effect: 2 bots restart; memory 4Gi → 6Gi.` */
const effectLine = ({ effect: { words } }: Pick<PlanData, 'effect'>): readonly string[] =>
  words === '' ? [] : [`Effect: ${words}.`];

/** Of a fleet that another program applies: what differs, and no promise to change it. */
function formatComparison({ commit, main, context, server, namespace, units, counts, held, notes }: PlanData): string {
  const place = `namespace ${namespace ?? '(none)'} on ${context} (${server})`;
  const lines = [
    `Comparison of ${short(commit)}${besideMain(main)} with ${place}`,
    'claworc.yaml says `applier: external`: another program applies, and Claworc writes nothing.',
  ];
  for (const unit of units) lines.push(...formatUnit(unit));
  const differ = units.filter(({ unit, objects }) => held.includes(unit) || objects.some(isDifferent));
  const parts = [
    differ.length === 0 ? `Live is as ${short(commit)} says` : `${differ.length} of ${units.length} units differ`,
    `${counts.unchanged} ${counts.unchanged === 1 ? 'object is' : 'objects are'} as rendered`,
  ];
  lines.push('', `${[...parts, ...notes].join('; ')}.`);
  return `${lines.join('\n')}\n`;
}

const isHeldField = ({ heldBy }: UnitPlanData['objects'][number]['fields'][number]): boolean => heldBy.length > 0;

const isDifferent = ({ action }: UnitPlanData['objects'][number]): boolean => action !== 'unchanged';

const short = (commit: string): string => commit.slice(0, 7);

/** Empty for main itself. */
function besideMain(main: MainData | null): string {
  if (main === null) return ' (where main is, is not known here)';
  return main.isThis ? '' : ` (${main.name} is at ${short(main.commit)})`;
}

function formatUnit({ unit, state, reason, suspension, words, objects }: UnitPlanData): readonly string[] {
  const told = objects.filter(({ action, reason: why }) => action !== 'unchanged' || why !== '');
  if (told.length === 0 && reason === '') return [];
  let head = state === 'held' ? `${unit}: held, ${reason}` : `${unit}${state === 'removed' ? ': removed' : ''}`;
  if (suspension !== null) head = `${head}: ${suspensionWords(suspension)}, done when it is resumed`;
  const first = reason !== '' && state !== 'held' ? `${head}: ${reason}` : head;
  const lines = ['', words === '' ? first : `${first}: ${words}`];
  for (const { action, kind, name, reason: why, drift, fields, effect } of told) {
    const cause = [drift ? 'drift' : '', why].filter((text) => text !== '').join(': ');
    const note = [cause, EFFECT_WORDS[effect]].filter((text) => text !== '').join('; ');
    lines.push(`  ${SIGNS[action]} ${action.padEnd(9)} ${kind} ${name}${note === '' ? '' : ` (${note})`}`);
    for (const { field, main, live, heldBy } of fields) {
      const held = heldBy.length === 0 ? '' : ` (held by ${heldBy.join(' and ')}, stays as it is)`;
      lines.push(`      ${field}: ${shown(live)} -> ${shown(main)}${held}`);
    }
  }
  return lines;
}

const EFFECT_WORDS: Readonly<Record<ObjectEffect, string>> = {
  none: '',
  hot: 'takes effect while the bot runs',
  volume_grows: 'the volume grows',
  recreate: 'deleted and made again; the pod goes on',
  restart: 'the bot restarts',
  outage: 'the bot is gone meanwhile',
  destroys_data: 'its data is destroyed',
};

/** What an apply did, as people read it. */
export function formatOutcome(outcome: OutcomeData): string {
  const { commit, main, namespace, namespaceCreated, units, refused } = outcome;
  if (refused !== null) {
    return `Nothing was applied: ${refused}. An older commit takes back what came after it; --allow-older applies it all the same.\n`;
  }
  const lines = [`Applied ${short(commit)}${besideMain(main)} to namespace ${namespace ?? '(none)'}`];
  if (namespaceCreated) lines.push(`  + namespace ${namespace ?? ''} created`);
  for (const unit of units) lines.push(...formatUnitOutcome(unit));
  lines.push('', ...effectLine(outcome), summary(outcome));
  return `${lines.join('\n')}\n`;
}

const STANDINGS = [
  ['failed', 'failed'],
  ['held', 'held'],
  ['suspended', 'suspended or only compared'],
  ['waiting', 'waiting'],
  ['withheld', 'with something left undone'],
  ['held_back', 'held back by the rollout'],
] as const;

function summary({ commit, main, units, states, notes }: OutcomeData): string {
  const wish = main?.isThis === true ? 'main' : short(commit);
  const parts = [`${states.done.length} of ${units.length} units are as ${wish} says`];
  for (const [state, words] of STANDINGS) {
    const names = states[state];
    if (names.length > 0) parts.push(`${names.length} ${words}: ${names.join(', ')}`);
  }
  return `${[...parts, ...notes].join('; ')}.`;
}

function formatUnitOutcome({ unit, state, reason, results, warnings, isSuspended }: UnitOutcome): readonly string[] {
  const told = results.filter(({ result, reason: why }) => result !== 'unchanged' || why !== '');
  if (state === 'held') return ['', `${unit}: ${isSuspended === true ? '' : 'held, '}${reason}`];
  if (told.length === 0 && warnings.length === 0) return [];
  const lines = ['', state === 'done' ? unit : `${unit}: ${state}`];
  lines.push(...told.map((result) => `  ${formatResult(result)}`));
  lines.push(...warnings.map((warning) => `  warning: ${warning}`));
  return lines;
}

function formatResult({ result, kind, name, reason, corrected, fields }: ActionResult): string {
  const drift = corrected ? `drift corrected: ${fields.map(({ field }) => field).join(', ')}` : '';
  const note = [drift, reason].filter((text) => text !== '').join('; ');
  return `${result.padEnd(10)} ${kind} ${name}${note === '' ? '' : ` (${note})`}`;
}

const LONGEST = 80;

function shown(value: string | null): string {
  if (value === null) return '(none)';
  const line = value.replaceAll('\n', ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}...` : line;
}
