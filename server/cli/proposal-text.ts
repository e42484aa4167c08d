import { oneLine } from '../../constructs/schema/explain/visible.ts';
import type { Proposal, ProposalPage } from '../http/schemas/proposals.ts';
import { conflictName } from '../services/proposals/conflict-choices.ts';
import { effectText } from '../services/review/effect-text.ts';
import { conflictLines } from './conflict-text.ts';

const STATES = { open: 'proposed', merged: 'merged', closed: 'closed' } as const satisfies Record<
  Proposal['state'],
  string
>;

/** A proposal in one line: what it is, and what it waits for. */
export function proposalLine({
  number,
  title,
  state,
  author,
  bots,
  conflicts,
  waits_for: waits,
  merged_as: as,
}: Proposal): string {
  const merged = as === null ? '' : ` as ${as.slice(0, 7)}`;
  const about = bots.length === 0 ? '' : `, ${bots.length > 3 ? `${bots.length} bots` : bots.join(', ')}`;
  const next =
    conflicts.length > 0 ? `: conflict with main at ${conflicts.map(conflictName).join(', ')}` : waits && `: ${waits}`;
  return oneLine(`#${number} ${title} (${STATES[state]}${merged}, by ${author}${about})${next}`);
}

/** One proposal, and what it would do. */
export function pageLines({ proposal, effect, keys }: ProposalPage): readonly string[] {
  const { branch, behind, description, conflicts, checks, reviews, edits, forge } = proposal;
  const one = [
    `branch ${branch}${behind === 0 ? '' : `, ${behind} behind main: --update brings it up`}`,
    ...(description === '' ? [] : [description]),
    ...conflictLines(conflicts),
  ];
  const rest = [
    ...keys.map(({ unit, key, what }) => `key ${unit}:${key} is ${what}: --take-key-out has it as on main`),
    ...checks.map(({ name, state, detail }) => `check ${name}: ${state}${detail === '' ? '' : ` (${detail})`}`),
    ...reviews.map(({ by, state }) => `review by ${by}: ${state.replace('_', ' ')}`),
    ...edits.map(({ message, author, state }) => `edit by ${author}: ${message}, ${state}`),
    ...(forge === null ? [] : [forge.url]),
  ];
  const told = effect === null ? [] : [effectText(effect)];
  return [proposalLine(proposal), ...one.map(oneLine), ...told, ...rest.map(oneLine)];
}
