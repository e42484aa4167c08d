import type { OwnedChange } from '../../../constructs/repo/owned-changes.ts';
import type { ForgeReview } from '../../forge/forge.ts';
import type { ProposalCheck } from '../../http/schemas/proposals.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { ProposalRow } from '../../store/proposals.ts';
import { approversOf, isAccount, type TeamMember } from './team-members.ts';

/** What the forge says of the pull request of a proposal, and of the teams that own what it changes. */
export interface Approvals {
  readonly author: string;
  readonly reviews: readonly ForgeReview[];
  readonly members: readonly TeamMember[];
}

/**
 * Why the owners of rules that a proposal changes have not let it through, in words; empty where they have. An approval counts
 * that an owner gave to the commit `head`, who is named as an account or is in a team that is named, and who is not its author.
 */
export function missingApprovals(
  changes: readonly OwnedChange[],
  head: string,
  { author, reviews, members }: Approvals = { author: '', reviews: [], members: [] },
): string {
  const approvers = approversOf(reviews, head, author);
  const approved = new Set(approvers.map((login) => `@${login.toLowerCase()}`));
  const hasMember = (owner: string): boolean =>
    members.some(({ team, login, is }) => team === owner && is === 'member' && approvers.includes(login));
  const isApproved = ({ owners }: OwnedChange): boolean =>
    owners.some((owner) => (isAccount(owner) && approved.has(owner.toLowerCase())) || hasMember(owner));
  const missing = changes.filter((change) => !isApproved(change));
  if (missing.length === 0) return '';
  const told = missing.map(({ field, owners }) => `${field} needs one of ${owners.join(', ')}`).join('; ');
  const owners = missing.flatMap((change) => change.owners);
  const rest = [...untoldMembers(members, owners, approvers), ...untoldAddresses(owners), ...untoldCommits(reviews)];
  return [`It changes rules that have owners, and an approval of its last commit is missing: ${told}.`, ...rest].join(
    ' ',
  );
}

/** A member that is not known is none, and is told as not known. */
function untoldMembers(
  members: readonly TeamMember[],
  owners: readonly string[],
  approvers: readonly string[],
): readonly string[] {
  return members
    .filter(({ team, login, is }) => is === 'unknown' && owners.includes(team) && approvers.includes(login))
    .map(
      ({ team, login }) =>
        `Whether @${login}, who approved it, is in ${team} can't be known: the forge does not tell this token. Let the token read the members of the organization, or merge it over there.`,
    );
}

function untoldAddresses(owners: readonly string[]): readonly string[] {
  const isUntold = owners.every((owner) => !owner.startsWith('@'));
  return isUntold ? ['Whose an address is the forge knows alone: merge it over there, under its own rules.'] : [];
}

function untoldCommits(reviews: readonly ForgeReview[]): readonly string[] {
  const isUntold = reviews.some(({ state, commit }) => state === 'approved' && commit === null);
  return isUntold ? ['The forge does not tell which commit was approved: merge it over there.'] : [];
}

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
