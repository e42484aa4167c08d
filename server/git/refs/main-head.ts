import { branchName } from './branch.ts';
import type { Git } from '../client.ts';
import { MAIN } from './ref.ts';

/** Where main is, as far as a checkout knows. */
export interface MainHead {
  /** As a person would name it: `origin/main`, `main`. */
  readonly name: string;
  readonly commit: string;
}

const REMOTE = 'refs/remotes/';

/**
 * Main of a checkout: that of the remote it was cloned from, else its own; null where neither is known, as in a detached
 * checkout without a remote. `branch` is the name of main where a person gave one.
 */
export async function mainOfCheckout(git: Git, branch?: string): Promise<MainHead | null> {
  const refs =
    branch === undefined
      ? [`${REMOTE}origin/HEAD`, `${REMOTE}origin/main`, MAIN]
      : [`${REMOTE}origin/${branch}`, `refs/heads/${branch}`];
  for (const ref of refs) {
    const found = await readRef(git, ref);
    if (found !== null) return found;
  }
  const current = (await git.text(['symbolic-ref', '--quiet', 'HEAD'], { expect: [0, 1] })).trim();
  return branch !== undefined || current === '' ? null : readRef(git, current);
}

async function readRef(git: Git, ref: string): Promise<MainHead | null> {
  const commit = await git.text(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], { expect: [0, 1, 128] });
  const name = ref.startsWith(REMOTE) ? ref.slice(REMOTE.length) : branchName(ref);
  return commit.trim() === '' ? null : { name, commit: commit.trim() };
}
