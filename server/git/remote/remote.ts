import { messageOf } from '../../lib/errors.ts';
import { isSilence } from '../errors.ts';
import { isSpecialFile } from '../folder/plain-files.ts';
import { createGit, NOT_FLUSHED, type Git, type RepositoryPlace } from '../client.ts';
import { readLooseRef } from '../refs/head.ts';
import { commitId, MAIN } from '../refs/ref.ts';
import { accessFor, type RemoteAccess, type RemoteCommandAccess, type TokenSource } from './access.ts';
import { borrowsObjects } from './borrowed-objects.ts';
import { createRemoteBranches, type RemoteBranches } from './branches.ts';
import { BORROWED_OBJECTS, isRejected, remoteError, troubleOf } from './errors.ts';
import { createRefLister } from './list-refs.ts';
import type { RemoteUrl } from './remote-url.ts';
import type { Failed, Talk } from './talk.ts';

/** Where the last fetch put what it got. Not a branch: nobody sees it in a clone. */
export const FETCHED = 'refs/claworc/fetched';

export type PushResult =
  /** The remote has it. */
  | 'accepted'
  /** Main is somewhere else there: fetch and try again. */
  | 'rejected';

/** The git repository that is the truth, on another machine or in another folder. */
export interface Remote {
  /** For people: without anything that opens it. */
  readonly url: RemoteUrl;
  readonly branch: string;
  /** Where the branch is, null where there is none. One question, no objects. */
  head(signal?: AbortSignal): Promise<string | null>;
  /** Brings the branch with its history here and gives its commit; null where the remote has no such branch. */
  fetch(signal?: AbortSignal): Promise<string | null>;
  /**
   * The same for who has no time to lose: what came is not flushed to the disk, and what the branch is at may be no commit.
   */
  fetchQuickly(): Promise<string | null>;
  /** Puts a commit that is here on the branch, if that only adds to it. Never forces. */
  push(commit: string, signal?: AbortSignal): Promise<PushResult>;
  readonly branches: RemoteBranches;
}

export interface RemoteOptions {
  readonly url: RemoteUrl;
  /** Short name. */
  readonly branch: string;
  readonly access: RemoteAccess;
  readonly token?: TokenSource;
  readonly environment: NodeJS.ProcessEnv;
  /** The repository that is fetched into. */
  readonly top: string;
  readonly ceiling: string;
  readonly place: () => RepositoryPlace;
  /** As in `GitOptions`. */
  readonly onSilence?: () => void;
}

/** A git that says nothing for so long has lost its other side: ssh and http tell their progress. */
const SILENT_MS = 60_000;

/** All calls throw what `errors.ts` makes of the failure: `git_unreachable` or `git_refused`, with the kind of trouble. */
export function createRemote(options: RemoteOptions): Remote {
  const { url, branch, access, token, environment, top, ceiling, place, onSilence } = options;
  const ref = branch === 'main' ? MAIN : `refs/heads/${branch}`;
  let secrets: RemoteCommandAccess['secrets'] = [];
  const git: Git = createGit(top, ceiling, {
    place,
    ...(onSilence === undefined ? {} : { onSilence }),
    access: async () => {
      const opened = await accessFor(url, access, environment, token);
      ({ secrets } = opened);
      return opened;
    },
  });
  const talk: Talk = async (args, signal, how = {}) => {
    if (url.scheme === 'file' && borrowsObjects(url.url)) {
      throw failed(args[0] ?? '', { exitCode: -1, stdout: '', stderr: BORROWED_OBJECTS });
    }
    try {
      return await git.talk(args, { silentMs: SILENT_MS, ...how, ...(signal === undefined ? {} : { signal }) });
    } catch (error) {
      if (troubleOf(error) !== undefined || isSpecialFile(error)) throw error;
      const why = isSilence(error) ? `it said nothing for ${SILENT_MS / 1_000} s` : messageOf(error);
      throw failed(args[0] ?? '', { exitCode: -1, stdout: '', stderr: why });
    }
  };
  /** False where the remote has no such branch. */
  const fetch = async (signal: AbortSignal | undefined, config: readonly string[] = []): Promise<boolean> => {
    const options = ['--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--no-auto-maintenance'];
    const args = ['fetch', '--progress', ...options, '--end-of-options', url.url, `+${ref}:${FETCHED}`];
    const spoken = await talk(args, signal, { config });
    if (spoken.exitCode === 0) return true;
    if (spoken.stderr.includes("couldn't find remote ref")) return false;
    throw failed('fetch', spoken);
  };
  const failed: Failed = (verb, spoken) => remoteError(verb, url.url, spoken, secrets);
  const listRefs = createRefLister({ url, talk, failed });
  return {
    url,
    branch,
    branches: createRemoteBranches({ url: url.url, mainRef: ref, git, talk, failed, listRefs }),
    head: async (signal) => {
      const line = (await listRefs(ref, signal)).find((each) => each.endsWith(`\t${ref}`));
      return line === undefined ? null : commitId(line.split('\t')[0] ?? '');
    },
    fetch: async (signal) => {
      if (!(await fetch(signal))) {
        // So git says of a page too.
        await listRefs(ref, signal);
        return null;
      }
      return commitId((await git.text(['rev-parse', '--verify', `${FETCHED}^{commit}`])).trim());
    },
    fetchQuickly: async () => {
      if (!(await fetch(undefined, [NOT_FLUSHED]))) return null;
      // To ask git would be one process more.
      const id = await readLooseRef(place().commonFolder, FETCHED);
      return id ?? commitId((await git.text(['rev-parse', '--verify', FETCHED])).trim());
    },
    push: async (commit, signal) => {
      const refspec = `${commitId(commit)}:${ref}`;
      const spoken = await talk(['push', '--porcelain', '--progress', '--end-of-options', url.url, refspec], signal);
      if (spoken.exitCode === 0) return 'accepted';
      if (isRejected(spoken)) return 'rejected';
      throw failed('push', spoken);
    },
  };
}
