import type { OwnedChange } from '../../../constructs/repo/owned-changes.ts';
import type { Forge, ForgeReview } from '../../forge/forge.ts';
import type { Membership } from '../../forge/membership.ts';

/** What the forge says of one reviewer and one team. */
export interface TeamMember {
  /** As claworc.yaml has it: `@acme/platform`. */
  readonly team: string;
  readonly login: string;
  readonly is: Membership;
}

export const isAccount = (owner: string): boolean => owner.startsWith('@') && !owner.includes('/');
export const isTeam = (owner: string): boolean => owner.startsWith('@') && owner.includes('/');

/** Who of those that approved the commit `head` is in the teams that own a rule; asks for no more than that. */
export async function teamMembers(
  forge: Pick<Forge, 'membership'>,
  changes: readonly OwnedChange[],
  head: string,
  { author, reviews }: { readonly author: string; readonly reviews: readonly ForgeReview[] },
  signal?: AbortSignal,
): Promise<readonly TeamMember[]> {
  const teams = new Set(changes.flatMap(({ owners }) => owners.filter(isTeam)));
  const members: TeamMember[] = [];
  for (const login of approversOf(reviews, head, author)) {
    for (const team of teams) members.push({ team, login, is: await forge.membership(team.slice(1), login, signal) });
  }
  return members;
}

/** Who approved this very commit, but for its author. */
export function approversOf(reviews: readonly ForgeReview[], head: string, author: string): readonly string[] {
  return reviews
    .filter(
      ({ state, commit, by }) => state === 'approved' && commit === head && by.toLowerCase() !== author.toLowerCase(),
    )
    .map(({ by }) => by);
}
