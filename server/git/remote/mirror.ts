import { ClaworcError } from '../../lib/errors.ts';
import { noFailpoint, type Failpoint } from '../../lib/failpoint.ts';
import type { CommitResult, GitRepository } from '../repository.ts';
import { type BranchPull, createBranchMirror, keepLeft } from './branch-mirror.ts';
import { troubleOf, type RemoteTrouble } from './errors.ts';
import type { PushResult, Remote } from './remote.ts';

/** How main stands here and on the remote. */
export type MirrorStanding =
  | { readonly state: 'same'; readonly head: string | null }
  /**
   * The remote has a head that is no continuation of ours. `rewritten`: it lost commits that it had. `unrelated`: it never
   * had ours. `branch_gone`: it has no such branch any more (`theirs` is null).
   */
  | {
      readonly state: 'rewritten' | 'unrelated' | 'branch_gone';
      readonly ours: string;
      readonly theirs: string | null;
    }
  /** The remote could not be asked, or would not have what we gave it. */
  | { readonly state: 'trouble'; readonly trouble: RemoteTrouble; readonly detail: string };

/** Head of the remote as it was seen last. */
const SEEN = 'refs/claworc/remote';

/**
 * A repository of ours whose branches are what a remote has. `commit` and `moveRefs` move one here only to what the remote
 * has accepted, and throw what it says where it does not.
 */
export interface Mirror extends GitRepository {
  readonly remote: { readonly url: string; readonly branch: string };
  /**
   * Asks the remote, and brings main here to it; where the remote is empty or behind from the first, brings it ours.
   * Never throws for what the remote does.
   */
  pull(signal?: AbortSignal): Promise<MirrorStanding>;
  /** The same for the other branches. Never throws for what the remote does. */
  pullBranches(signal?: AbortSignal): Promise<BranchPull>;
  /** Takes the head of the remote over although ours is no part of its history. Throws `stale` if it is not at `head`. */
  accept(head: string, signal?: AbortSignal): Promise<void>;
  /** Puts our main on the remote, which lost its branch. Throws `stale` if it has one again. */
  restoreBranch(signal?: AbortSignal): Promise<void>;
}

/** The mirror of `remote` in `repository`. */
export function createMirror(opened: GitRepository, remote: Remote, failpoint: Failpoint = noFailpoint): Mirror {
  /** Since when objects were written that may not be on the disk. */
  let unflushedSince: number | undefined;
  const repository: GitRepository = {
    ...opened,
    // Whatever a ref names is on the disk before, also where the same objects were written earlier.
    moveRefs: async (moves) => {
      if (unflushedSince !== undefined) {
        const since = unflushedSince;
        unflushedSince = undefined;
        await opened.flushObjects(since).catch((error: unknown) => {
          unflushedSince = since;
          throw error;
        });
      }
      return opened.moveRefs(moves);
    },
  };
  /** Main and what was seen of the remote, both or neither; false when main is not at `from`. */
  const move = async (from: string | null, to: string): Promise<boolean> => {
    const seen = await repository.readRef(SEEN);
    const moves = [
      { ref: repository.mainRef, from, to },
      { ref: SEEN, from: seen, to },
    ];
    return repository.moveRefs(moves.filter((each) => each.from !== each.to || each.ref !== SEEN));
  };
  /** A head of the remote that main here has not been taken to yet, though it comes after it. */
  let ahead: { readonly ours: string; readonly theirs: string } | undefined;
  const same = (head: string | null): MirrorStanding => ({ state: 'same', head });
  const branches = createBranchMirror(repository, remote.branches, failpoint);

  const give = async (ours: string, signal: AbortSignal | undefined): Promise<MirrorStanding> => {
    if ((await remote.push(ours, signal)) === 'rejected') return look(signal);
    failpoint('main-given');
    await move(ours, ours);
    return same(ours);
  };

  const take = async (
    ours: string | null,
    theirs: string,
    signal: AbortSignal | undefined,
  ): Promise<MirrorStanding> => {
    failpoint('main-fetched');
    if (!(await move(ours, theirs))) return look(signal);
    failpoint('main-taken');
    return same(theirs);
  };

  const look = async (signal: AbortSignal | undefined): Promise<MirrorStanding> => {
    const [ours, seen, told] = [await repository.head(), await repository.readRef(SEEN), await remote.head(signal)];
    if (told !== null && told === ours) {
      if (seen !== told) await move(ours, told);
      return same(told);
    }
    if (told === null) {
      if (ours === null) return same(null);
      return seen === null ? give(ours, signal) : { state: 'branch_gone', ours, theirs: null };
    }
    // Between the question and the fetch the branch may have moved again; what was fetched is what counts.
    const theirs = told === seen ? told : await remote.fetch(signal);
    if (theirs === null) return look(signal);
    if (ours === null || (await repository.isAncestor(ours, theirs))) return take(ours, theirs, signal);
    const isBehind = await repository.isAncestor(theirs, ours);
    // Commits that somebody put on main here, or all of ours at the first meeting.
    if (isBehind && (seen === null || theirs === seen)) return give(ours, signal);
    const wasTheirs = seen !== null && (await repository.isAncestor(ours, seen));
    return { state: wasTheirs || isBehind ? 'rewritten' : 'unrelated', ours, theirs };
  };

  return {
    ...repository,
    remote: { url: remote.url.url, branch: remote.branch },
    pull: async (signal) => {
      try {
        return await look(signal);
      } catch (error) {
        const trouble = troubleOf(error);
        if (trouble === undefined || !(error instanceof ClaworcError)) throw error;
        return { state: 'trouble', trouble, detail: error.message };
      }
    },
    accept: async (head, signal) => {
      const [ours, theirs] = [await repository.head(), await remote.fetch(signal)];
      if (theirs !== head) {
        throw new ClaworcError('stale', `The remote is not at ${head.slice(0, 8)} any more; look again.`, {
          subject: head,
        });
      }
      if (ours !== null) await keepLeft(repository, ours);
      failpoint('left-main-kept');
      if (!(await move(ours, head))) {
        throw new ClaworcError('stale', 'Main moved meanwhile; look again.', { subject: head });
      }
      failpoint('head-accepted');
    },
    pullBranches: (signal) => branches.pull(signal),
    moveRefs: async (moves) => {
      const [move, ...others] = moves;
      const isBranch = (ref: string): boolean => ref.startsWith('refs/heads/') && ref !== repository.mainRef;
      if (move === undefined || !moves.some(({ ref }) => isBranch(ref))) return repository.moveRefs(moves);
      if (others.length > 0) throw new RangeError('of a remote one branch is moved at a time');
      return branches.move(move);
    },
    restoreBranch: async (signal) => {
      const [ours, theirs] = [await repository.head(), await remote.head(signal)];
      if (theirs !== null || ours === null) {
        throw new ClaworcError('stale', `The remote has a branch ${remote.branch} again; look again.`);
      }
      if ((await remote.push(ours, signal)) === 'rejected') {
        throw new ClaworcError('stale', `The remote has a branch ${remote.branch} again; look again.`);
      }
      failpoint('branch-restored');
      await move(ours, ours);
    },
    next: async () => {
      unflushedSince ??= Date.now();
      const theirs = await remote.fetchQuickly();
      failpoint('next-main-fetched');
      return theirs;
    },
    news: async (from, to, isWanted) => {
      const [ours, told] = [await repository.head(), await repository.news(from, to, isWanted)];
      // What comes after a commit that comes after ours comes after ours.
      const isAfterOurs = from === ours || (ahead?.ours === ours && ahead.theirs === from);
      if (ours === null || !isAfterOurs) return undefined;
      if (told !== undefined) ahead = { ours, theirs: to };
      return told;
    },
    commit: async (request): Promise<CommitResult> => {
      const ours = await repository.head();
      const onto = ahead?.ours === ours ? [ours, ahead.theirs] : [ours];
      if (!onto.includes(request.parent)) return { ok: false, head: ours };
      const isUrgent = ours !== request.parent;
      if (isUrgent) unflushedSince ??= Date.now();
      const commit = await repository.writeCommit(request, !isUrgent);
      failpoint('commit-written');
      const pushed: PushResult = await remote.push(commit);
      failpoint('commit-pushed');
      if (pushed === 'accepted' && (await move(ours, commit))) return { ok: true, commit };
      // Either somebody was faster over there, or main moved here meanwhile; a pull tells.
      return { ok: false, head: await repository.head() };
    },
  };
}
