import type { OwnedChange } from '../../../constructs/repo/owned-changes.ts';
import type { ForgeReview } from '../../forge/forge.ts';
import type { ProposalCheck } from '../../http/schemas/proposals.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { ProposalRow } from '../../store/proposals.ts';

/** What the forge says of the pull request of a proposal. */
export interface Approvals {
  readonly author: string;
  readonly reviews: readonly ForgeReview[];
}

/**
 * Why the owners of rules that a proposal changes have not let it through, in words; empty where they have. An approval counts
 * that an owner who is named as an account gave to the commit `head`, and who is not its author.
 */
export function missingApprovals(
  changes: readonly OwnedChange[],
  head: string,
  { author, reviews }: Approvals = { author: '', reviews: [] },
): string {
  const approved = new Set(
    reviews
      .filter(({ state, commit, by }) => state === 'approved' && commit === head && by !== author)
      .map(({ by }) => `@${by.toLowerCase()}`),
  );
  const isApproved = ({ owners }: OwnedChange): boolean =>
    owners.some((owner) => isAccount(owner) && approved.has(owner.toLowerCase()));
  const missing = changes.filter((change) => !isApproved(change));
  if (missing.length === 0) return '';
  const told = missing.map(({ field, owners }) => `${field} needs one of ${owners.join(', ')}`).join('; ');
  const isTeam = missing.some(({ owners }) => !owners.some(isAccount));
  const rest = isTeam
    ? ' Who is in a team and whose an address is the forge knows alone: merge it over there, under its own rules.'
    : '';
  const isUntold = reviews.some(({ state, commit }) => state === 'approved' && commit === null);
  const untold = isUntold ? ' The forge does not tell which commit was approved: merge it over there.' : '';
  return `It changes rules that have owners, and an approval of its last commit is missing: ${told}.${rest}${untold}`;
}

/** `@ada`, and neither `@org/team` nor an address. */
const isAccount = (owner: string): boolean => owner.startsWith('@') && !owner.includes('/');

/** The same as a check; undefined for a proposal that changes no rule that has owners. */
export function ownersCheck(
  changes: readonly OwnedChange[],
  head: string,
  approvals: Approvals | undefined,
  hasForge: boolean,
): ProposalCheck | undefined {
  if (changes.length === 0) return undefined;
  if (!hasForge) {
    const told = changes.map(({ field, owners }) => `${field} (${owners.join(', ')})`).join('; ');
    const detail = `It changes rules that have owners: ${told}. Without a forge nobody can be told from another here: ask them before you merge.`;
    return { name: 'owners', state: 'waiting', detail, url: null };
  }
  const missing = missingApprovals(changes, head, approvals);
  const detail = missing || 'An owner of each rule that it changes approved its last commit.';
  return { name: 'owners', state: missing === '' ? 'ok' : 'waiting', detail, url: null };
}

/** Throws `conflict` for a proposal that changes rules whose owners did not approve it. */
export function assertApproved(
  { number }: Pick<ProposalRow, 'number'>,
  changes: readonly OwnedChange[],
  head: string,
  approvals?: Approvals,
): void {
  const missing = missingApprovals(changes, head, approvals);
  if (missing !== '') throw new ClaworcError('conflict', `Proposal ${number} is not merged here: ${missing}`);
}
