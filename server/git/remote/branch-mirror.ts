import { ClaworcError } from '../../lib/errors.ts';
import { noFailpoint, type Failpoint } from '../../lib/failpoint.ts';
import type { OwnRef } from '../refs/ref.ts';
import type { RefMove } from '../refs/ref-moves.ts';
import type { GitRepository } from '../repository.ts';
import { type RemoteBranches, seenRef } from './branches.ts';
import { troubleOf } from './errors.ts';

/** What became of a look at the branches of the remote. */
export interface BranchPull {
  /** Whether a branch moved here. */
  readonly isMoved: boolean;
  /** In words, what could not be had or given; empty where everything is as it is there. */
  readonly trouble: string;
}

/** The branches beside main of a repository that mirrors a remote. They move here only to what the remote has. */
export interface BranchMirror {
  /** Brings the branches here to what the remote has; those that were here before the remote was named are given to it. */
  pull(signal?: AbortSignal): Promise<BranchPull>;
  /** Moves a branch there and here; false, where it was not at `from` there. */
  move(move: RefMove): Promise<boolean>;
}

/** More branches than these are left there: a repository that uses branches for something else stays usable. */
export const MOST_BRANCHES = 500;
const AT_ONCE = 50;

/** Makes sure that a commit which no branch has any more is not collected. */
export async function keepLeft(repository: Pick<GitRepository, 'readRef' | 'moveRefs'>, commit: string): Promise<void> {
  const ref = `refs/claworc/left/${commit}` as const;
  if ((await repository.readRef(ref)) === null) await repository.moveRefs([{ ref, from: null, to: commit }]);
}

export function createBranchMirror(
  repository: GitRepository,
  remote: RemoteBranches,
  failpoint: Failpoint = noFailpoint,
): BranchMirror {
  /** Branches there that can't be had or don't take ours, each with the commit that was tried. */
  const refused = new Map<OwnRef, string>();

  const settle = (ref: OwnRef, here: string | null, seen: string | null, to: string | null): Promise<boolean> => {
    const moves = [
      { ref, from: here, to },
      { ref: seenRef(ref), from: seen, to },
    ];
    const real = moves.filter(({ from, to: goal }) => from !== goal);
    return real.length === 0 ? Promise.resolve(true) : repository.moveRefs(real);
  };

  const move: BranchMirror['move'] = async ({ ref, from, to }) => {
    if ((await remote.push({ ref, from, to })) === 'rejected') return false;
    failpoint('branch-pushed');
    const branch = ref as OwnRef;
    return settle(branch, from, await repository.readRef(seenRef(branch)), to);
  };

  /** Branches of `refs` that are here now as the remote has them. */
  const fetch = async (
    refs: readonly OwnRef[],
    there: ReadonlyMap<OwnRef, string>,
    signal: AbortSignal | undefined,
    say: (trouble: string) => void,
  ): Promise<readonly OwnRef[]> => {
    const had: OwnRef[] = [];
    for (let at = 0; at < refs.length; at += AT_ONCE) {
      const some = refs.slice(at, at + AT_ONCE);
      try {
        await remote.fetch(some, signal);
        had.push(...some);
      } catch (error) {
        if (!isOfOne(error)) throw error;
        // One of them went meanwhile, or holds what git does not take: the others are had without it.
        for (const ref of some) {
          try {
            await remote.fetch([ref], signal);
            had.push(ref);
          } catch (one) {
            if (!isOfOne(one)) throw one;
            refused.set(ref, there.get(ref) ?? '');
            say(one.message);
          }
        }
      }
    }
    return had;
  };

  /** Takes what the remote has in place of what is here; what nobody else has then is kept beside. */
  const take = async (ref: OwnRef, here: string | null, seen: string | undefined, there: string): Promise<boolean> => {
    if (here !== null && !(await repository.isAncestor(here, there))) {
      // What the remote had and has no more was taken back there; what it never had is ours to give.
      if (seen !== here && (await repository.isAncestor(there, here))) return move({ ref, from: there, to: here });
      await keepLeft(repository, here);
    }
    return settle(ref, here, await repository.readRef(seenRef(ref)), there);
  };

  const look = async (signal: AbortSignal | undefined): Promise<BranchPull> => {
    // Before the remote is asked: a branch that is pushed meanwhile is then in the answer.
    const [ours, seen] = [await repository.branches(), await remote.seen()];
    const told = await remote.list(signal);
    const there = new Map([...told].sort(ownFirst).slice(0, MOST_BRANCHES));
    const troubles: string[] = [];
    const say = (trouble: string): void => void troubles.push(trouble);
    if (told.size > there.size) {
      say(`The remote has ${told.size} branches beside main, of which ${MOST_BRANCHES} are looked at`);
    }
    let isMoved = false;
    const note = (hasMoved: boolean): void => void (isMoved ||= hasMoved);
    // First what goes, whose name may be a folder of what comes.
    for (const [ref, commit] of seen) {
      if (told.has(ref)) continue;
      const here = ours.get(ref) ?? null;
      if (here !== null && here !== commit) await keepLeft(repository, here);
      note(await settle(ref, here, commit, null));
    }
    for (const [ref, commit] of refused) if (there.get(ref) !== commit) refused.delete(ref);
    const isNew = (ref: OwnRef): boolean => seen.get(ref) !== there.get(ref) && refused.get(ref) !== there.get(ref);
    const fetched: ReadonlySet<OwnRef> = new Set(await fetch([...there.keys()].filter(isNew), there, signal, say));
    if (fetched.size > 0) failpoint('branches-fetched');
    for (const [ref, commit] of there) {
      if (seen.get(ref) !== commit && !fetched.has(ref)) continue;
      const here = ours.get(ref) ?? null;
      // What was fetched is what counts: the branch may have moved since it was listed.
      const now = fetched.has(ref) ? await repository.readRef(seenRef(ref)) : commit;
      if (now !== null && now !== here) note(await take(ref, here, seen.get(ref), now));
    }
    for (const [ref, here] of ours) {
      if (ref === repository.mainRef || seen.has(ref) || told.has(ref)) continue;
      await move({ ref, from: null, to: here }).catch((error: unknown) => {
        if (troubleOf(error) === undefined || !(error instanceof ClaworcError)) throw error;
        say(error.message);
      });
    }
    return { isMoved, trouble: troubles.join('. ') };
  };

  return {
    pull: async (signal) => {
      try {
        return await look(signal);
      } catch (error) {
        if (troubleOf(error) === undefined || !(error instanceof ClaworcError)) throw error;
        return { isMoved: false, trouble: error.message };
      }
    },
    move,
  };
}

/** Whether a fetch failed over one of its branches, and not over the way to the remote. */
function isOfOne(error: unknown): error is ClaworcError {
  return (
    error instanceof ClaworcError && ['damaged', 'not_found', 'full', 'no_branch'].includes(troubleOf(error) ?? '')
  );
}

/** Those of proposals, then by name. */
function ownFirst([one]: readonly [OwnRef, string], [other]: readonly [OwnRef, string]): number {
  const rank = (ref: OwnRef): number => (ref.startsWith('refs/heads/proposals/') ? 0 : 1);
  return rank(one) - rank(other) || (one < other ? -1 : 1);
}
