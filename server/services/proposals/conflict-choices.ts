import { isRepoFile } from '../../../constructs/repo/paths.ts';
import type { ProposalChoice, ProposalConflict } from '../../http/schemas/proposals.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { apiFieldOf } from '../instances/fields.ts';

/** What a person decided, each conflict by one of its names; `set` with the value behind a `=`. */
export interface Decisions {
  readonly mine: readonly string[];
  readonly theirs: readonly string[];
  readonly set: readonly string[];
}

type Named = Pick<ProposalConflict, 'unit' | 'field'>;

/** The name of a conflict in an option: `bot-alpha:resources.limits.memory`, `bot-alpha` for all of it, or the path of a file. */
export function conflictName({ unit, field }: Named): string {
  if (field === '' || isRepoFile(field)) return field || unit;
  return `${unit}:${field.replace(/^spec\./, '')}`;
}

/**
 * The choices that decisions make of conflicts. Throws `usage` for a decision about none of them or about several, for two
 * about one, and for a value where there can be none.
 */
export function choicesFor(
  conflicts: readonly ProposalConflict[],
  { mine, theirs, set }: Decisions,
): readonly ProposalChoice[] {
  const choices = [
    ...mine.map((name) => ({ ...placeOf(one(conflicts, name)), take: 'proposal' as const })),
    ...theirs.map((name) => ({ ...placeOf(one(conflicts, name)), take: 'main' as const })),
    ...set.map((text) => valueChoice(conflicts, text)),
  ];
  const twice = choices.find(({ unit, field }, at) =>
    choices.slice(0, at).some((each) => each.unit === unit && each.field === field),
  );
  if (twice !== undefined) throw new ClaworcError('usage', `${conflictName(twice)} is decided twice.`);
  return choices;
}

const placeOf = ({ unit, field }: Named): Named => ({ unit, field });

function one(conflicts: readonly ProposalConflict[], name: string): ProposalConflict {
  const found = named(conflicts, name);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const all = (found.length > 0 ? found : conflicts).map(conflictName).join(', ');
  if (found.length > 1) throw new ClaworcError('usage', `${name} is in conflict more than once: name one of ${all}.`);
  const rest = all === '' ? 'Nothing is in conflict.' : `In conflict: ${all}.`;
  throw new ClaworcError('usage', `${name.slice(0, 200)} is not in conflict. ${rest}`);
}

/** By its whole name, or without the unit; fields also as the API calls them. */
function named(conflicts: readonly ProposalConflict[], name: string): readonly ProposalConflict[] {
  return conflicts.filter((conflict) => {
    const { unit, field } = conflict;
    if (conflictName(conflict) === name) return true;
    const names = field === '' || isRepoFile(field) ? [] : [field, field.replace(/^spec\./, ''), apiFieldOf(field)];
    return names.some((each) => each === name || `${unit}:${each}` === name);
  });
}

/** A name may have a `=` in it, as that of an annotation can. */
function valueChoice(conflicts: readonly ProposalConflict[], text: string): ProposalChoice {
  const ends = [...text.matchAll(/=/g)].map(({ index }) => index);
  const end = ends.find((at) => named(conflicts, text.slice(0, at)).length > 0) ?? ends[0];
  if (end === undefined) throw new ClaworcError('usage', `--set takes FIELD=VALUE, not ${text.slice(0, 200)}.`);
  const conflict = one(conflicts, text.slice(0, end));
  if (conflict.whole) {
    const words = `Of ${conflictName(conflict)} one side can be taken and nothing else: say --mine or --theirs.`;
    throw new ClaworcError('usage', words);
  }
  return { ...placeOf(conflict), take: 'value', value: valueOf(conflict, text.slice(end + 1)) };
}

/** A text where both sides are texts; else what JSON makes of it. */
function valueOf(conflict: ProposalConflict, text: string): unknown {
  const sides = [conflict.main, conflict.proposal].filter((value) => value !== null);
  if (sides.every((value) => typeof value === 'string')) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    if (sides.some((value) => typeof value === 'string')) return text;
    throw new ClaworcError('usage', `The value of ${conflictName(conflict)} is not JSON, as both sides of it are.`);
  }
}
