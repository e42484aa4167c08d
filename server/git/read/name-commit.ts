import { ClaworcError } from '../../lib/errors.ts';
import type { Git } from '../client.ts';
import { commitId } from '../refs/ref.ts';

/** A branch, a tag, a commit id or a part of one, and steps back from it (`HEAD~2`). Nothing that git could take for an option. */
const NAME = /^[A-Za-z0-9_@][A-Za-z0-9_./@{}^~-]{0,250}$/;

/** The commit that a person named. Throws `usage` for a name that this repository doesn't know. */
export async function nameCommit(git: Git, name: string): Promise<string> {
  const found = NAME.test(name)
    ? await git.text(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`], {
        expect: [0, 1, 128],
      })
    : '';
  if (found.trim() === '') {
    throw new ClaworcError(
      'usage',
      `${JSON.stringify(name)} is no commit of this repository (a clone may be shallow: fetch more of it).`,
      {
        subject: name,
      },
    );
  }
  return commitId(found.trim());
}

/** The newest commit that both have; null where their history, as far as it is here, has none. */
export async function mergeBase(git: Git, one: string, other: string): Promise<string | null> {
  const base = await git.text(['merge-base', commitId(one), commitId(other)], { expect: [0, 1, 128] });
  return base.trim() === '' ? null : commitId(base.trim());
}
