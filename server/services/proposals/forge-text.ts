import { oneLine } from '../../../constructs/schema/explain/visible.ts';
import { EDIT_TRAILER } from '../../git/message.ts';
import type { Effect } from '../../http/schemas/effect.ts';
import type { ProposalRow } from '../../store/proposals.ts';
import { COMMENT_MARK, effectMarkdown } from '../review/effect-markdown.ts';
import { proposalTrailer } from './proposal-trailer.ts';

/** What a pull request says: what a person wrote, and below it what the change does to which bot. */
export function describePull({ description }: Pick<ProposalRow, 'description'>, effect: Effect, most: number): string {
  const words = description.trim();
  const told = effectMarkdown(effect, { most: Math.max(2_000, most - words.length - 10) });
  return words === '' ? told : `${words}\n\n${told}`;
}

/**
 * The same description with what the change does as it is now; undefined where nothing differs, or where somebody took our
 * part out and so wants it otherwise.
 */
export function redescribePull(text: string, effect: Effect, most: number): string | undefined {
  const unified = text.replaceAll('\r\n', '\n');
  const at = unified.indexOf(COMMENT_MARK);
  if (at < 0) return undefined;
  const next = `${unified.slice(0, at)}${effectMarkdown(effect, { most: Math.max(2_000, most - at - 10) })}`;
  return next.trim() === unified.trim() ? undefined : next;
}

/** The message of a squash, in which each edit is found again. */
export function squashMessage(
  { number, title, branch }: Pick<ProposalRow, 'number' | 'title' | 'branch'>,
  pull: number,
  edits: readonly string[],
): string {
  const own = Object.entries(proposalTrailer({ number, branch })).map(([name, value]) => `${name}: ${value}`);
  const trailers = [...edits.map((id) => `${EDIT_TRAILER}: ${id}`), ...own].join('\n');
  return `${oneLine(title) || `Proposal ${number}`} (#${pull})\n\n${trailers}`;
}
