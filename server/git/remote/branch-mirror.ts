import { ClaworcError } from '../../lib/errors.ts';
import { noFailpoint, type Failpoint } from '../../lib/failpoint.ts';
import type { OwnRef } from '../refs/ref.ts';
import type { RefMove } from '../refs/ref-moves.ts';
import type { GitRepository } from '../repository.ts';
import { type RemoteBranches, seenRef } from './branches.ts';
import { troubleOf } from './errors.ts';
import { followedBranches, MOST_BRANCHES, whatIsLeft } from './followed-branches.ts';

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
  /** The last answer of the remote, and the looks at which a branch was somewhere else than before. */
  let before: ReadonlyMap<OwnRef, string> | undefined;
  const moved = new Map<OwnRef, number>();
  let looks = 0;

  const noteMoves = (told: ReadonlyMap<OwnRef, string>): ReadonlyMap<OwnRef, number> => {
    looks += 1;
    if (before !== undefined) {
      for (const [ref, commit] of told) if (before.get(ref) !== commit) moved.set(ref, looks);
      for (const ref of moved.keys()) if (!told.has(ref)) moved.delete(ref);
    }
    before = told;
    return moved;
  };

  const unmergedOf = async (told: ReadonlyMap<OwnRef, string>): Promise<ReadonlySet<OwnRef>> => {
    const main = told.size > MOST_BRANCHES ? await repository.head() : null;
    return main === null ? new Set() : remote.unmerged(main);
  };

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
    const there = followedBranches(told, { unmerged: await unmergedOf(told), moved: noteMoves(told) });
    const troubles: string[] = [];
    const say = (trouble: string): void => void troubles.push(trouble);
    const left = whatIsLeft(told, there);
    if (left !== '') say(left);
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
    // What was fetched is what counts: the branch may have moved since it was listed.
    const had = fetched.size === 0 ? seen : await remote.seen();
    const due = [...there].flatMap(([ref, commit]) => {
      if (seen.get(ref) !== commit && !fetched.has(ref)) return [];
      const now = fetched.has(ref) ? had.get(ref) : commit;
      return now === undefined || now === ours.get(ref) ? [] : [{ ref, here: ours.get(ref) ?? null, now }];
    });
    const fresh = due.filter(({ here }) => here === null);
    const areMade =
      fresh.length > 1 &&
      (await repository.moveRefs(fresh.map(({ ref, now }) => ({ ref, from: null, to: now }))).catch(() => false));
    note(areMade);
    for (const { ref, here, now } of due) {
      if (here !== null || !areMade) note(await take(ref, here, seen.get(ref), now));
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
