import type { OwnRef } from '../refs/ref.ts';

/** More branches than these are left there: a repository that uses branches for something else stays usable. */
export const MOST_BRANCHES = 500;
/** Places that old branches leave to those which are pushed later. */
const FOR_NEW = 100;
/** Names that are told of those that are left. */
const NAMED = 3;

/** What is known of the branches of a remote before it is asked again. */
export interface KnownBranches {
  /** Those that are here and have what main has not: open proposals are among them. */
  readonly unmerged: ReadonlySet<OwnRef>;
  /** Those that were made or moved while this process looked, with the number of the look; the last counts most. */
  readonly moved: ReadonlyMap<OwnRef, number>;
}

/**
 * The branches of a remote that are looked at: all of a few. Of many those of proposals, those that are here with changes
 * that main has not, those that were made or moved since, and for the rest by name. Which of those is new only their commits
 * would say.
 */
export function followedBranches(
  told: ReadonlyMap<OwnRef, string>,
  { unmerged, moved }: KnownBranches,
): ReadonlyMap<OwnRef, string> {
  if (told.size <= MOST_BRANCHES) return told;
  const rankOf = (ref: OwnRef): number => {
    if (ref.startsWith('refs/heads/proposals/')) return 0;
    if (unmerged.has(ref)) return 1;
    return moved.has(ref) ? 2 : 3;
  };
  const ranked = [...told.keys()]
    .map((ref) => ({ ref, rank: rankOf(ref), moved: moved.get(ref) ?? 0 }))
    .sort((a, b) => a.rank - b.rank || b.moved - a.moved || (a.ref < b.ref ? -1 : 1));
  const taken = ranked.filter(({ rank }, index) => index < (rank === 3 ? MOST_BRANCHES - FOR_NEW : MOST_BRANCHES));
  return new Map(taken.map(({ ref }) => [ref, told.get(ref) ?? '']));
}

/** Tells that some are not looked at; empty where all are. */
export function whatIsLeft(told: ReadonlyMap<OwnRef, string>, followed: ReadonlyMap<OwnRef, string>): string {
  const left = [...told.keys()].filter((ref) => !followed.has(ref)).sort();
  if (left.length === 0) return '';
  const names = left.slice(0, NAMED).map((ref) => ref.replace('refs/heads/', ''));
  return `The remote has ${told.size} branches beside main, of which ${followed.size} are looked at. Not among them: ${names.join(', ')} and ${left.length - names.length} more; one that is pushed to from now on is, as long as there is room. Delete there what nobody needs`;
}
