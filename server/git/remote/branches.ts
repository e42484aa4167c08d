import type { Git } from '../client.ts';
import { commitId, isOwnRef, type OwnRef, refName } from '../refs/ref.ts';
import type { RefMove } from '../refs/ref-moves.ts';
import { isRejected } from './errors.ts';
import type { ListRefs } from './list-refs.ts';
import type { Failed, Talk } from './talk.ts';

const HEADS = 'refs/heads/';
/** Where the branches of the remote stand here as they were seen last; not a branch, so nobody sees it in a clone. */
const SEEN = 'refs/claworc/theirs/';

/** The branches of a remote beside main, by their full names. Calls throw as those of `Remote` do. */
export interface RemoteBranches {
  /** As they are there now; one whose name is not as `refName` wants it is left out. */
  list(signal?: AbortSignal): Promise<ReadonlyMap<OwnRef, string>>;
  /** As they were fetched or pushed last. */
  seen(): Promise<ReadonlyMap<OwnRef, string>>;
  /** Those of `seen` with a commit that `main` has not. */
  unmerged(main: string): Promise<ReadonlySet<OwnRef>>;
  /** Brings branches with their history here, below `seenRef`. Brings none where one of them can't be had. */
  fetch(refs: readonly OwnRef[], signal?: AbortSignal): Promise<void>;
  /**
   * Moves, makes (`from` null) or removes (`to` null) a branch there; `rejected` where it was not at `from`. Nothing that
   * somebody else pushed is ever lost by it, as long as `to` comes after `from`.
   */
  push(move: RefMove, signal?: AbortSignal): Promise<'accepted' | 'rejected'>;
}

/** Where a branch of the remote stands here. */
export function seenRef(ref: string): OwnRef {
  return refName(ref.replace(HEADS, SEEN));
}

export function createRemoteBranches(options: {
  readonly url: string;
  readonly mainRef: string;
  readonly git: Git;
  readonly talk: Talk;
  readonly failed: Failed;
  readonly listRefs: ListRefs;
}): RemoteBranches {
  const { url, mainRef, git, talk, failed, listRefs } = options;
  return {
    list: async (signal) => {
      const lines = await listRefs(`${HEADS}*`, signal);
      return new Map(refsIn(lines, '\t').filter(([ref]) => ref !== mainRef));
    },
    seen: async () => {
      const output = await git.text(['for-each-ref', '--format=%(objectname) %(refname)', SEEN]);
      return new Map(refsIn(output.replaceAll(SEEN, HEADS).split('\n'), ' '));
    },
    unmerged: async (main) => {
      const output = await git.text([
        'for-each-ref',
        `--no-merged=${commitId(main)}`,
        '--format=%(objectname) %(refname)',
        SEEN,
      ]);
      return new Set(refsIn(output.replaceAll(SEEN, HEADS).split('\n'), ' ').map(([ref]) => ref));
    },
    fetch: async (refs, signal) => {
      const options = ['--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--no-auto-maintenance'];
      const refspecs = refs.map((ref) => `+${refName(ref)}:${seenRef(ref)}`);
      const spoken = await talk(['fetch', '--progress', ...options, '--end-of-options', url, ...refspecs], signal);
      if (spoken.exitCode !== 0) throw failed('fetch', spoken);
    },
    push: async ({ ref, from, to }, signal) => {
      // The lease makes it a compare-and-swap: without it a branch that somebody has just made or moved could be removed.
      const lease = `--force-with-lease=${refName(ref)}:${from === null ? '' : commitId(from)}`;
      const refspec = `${to === null ? '' : commitId(to)}:${ref}`;
      const spoken = await talk(['push', '--porcelain', '--progress', lease, '--end-of-options', url, refspec], signal);
      if (spoken.exitCode === 0) return 'accepted';
      if (isRejected(spoken)) return 'rejected';
      throw failed('push', spoken);
    },
  };
}

function refsIn(lines: readonly string[], separator: string): [OwnRef, string][] {
  return lines.flatMap((line): [OwnRef, string][] => {
    const [commit = '', ref = ''] = line.split(separator);
    return isOwnRef(ref) ? [[ref, commitId(commit)]] : [];
  });
}
