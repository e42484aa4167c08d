import type { Git } from '../client.ts';

/**
 * How one commit stands to another. `after`: it is that commit or comes after it; `before`: it lies behind it; `apart`:
 * the history of both is here, and neither has the other. The last two say what can't be known: `cut_off`, in a shallow
 * clone that ends too early, and `missing`, where the other commit is not in this repository.
 */
export type CommitOrder = 'after' | 'before' | 'apart' | 'cut_off' | 'missing';

/** How `commit` stands to `other`; both full commit ids. History that isn't here is never told as history that differs. */
export async function orderCommits(git: Git, commit: string, other: string): Promise<CommitOrder> {
  if (commit === other) return 'after';
  // `merge-base --is-ancestor` prints nothing, which simple-git waits 50 ms over; the one base of a line is its elder.
  const base = (await git.text(['merge-base', other, commit], { expect: [0, 1, 128] })).trim();
  if (base === other) return 'after';
  if (base === commit) return 'before';
  const isShallow = (await git.text(['rev-parse', '--is-shallow-repository'])).trim() === 'true';
  if (isShallow) return 'cut_off';
  const here = (await git.catFile(['--batch-check'], { input: `${commit}\n${other}\n` })).toString('utf8');
  if (here.includes(' missing')) return 'missing';
  return base === '' && (await isBroken(git, [commit, other])) ? 'missing' : 'apart';
}

/** True where the history of these commits ends in an object that isn't there. */
async function isBroken(git: Git, commits: readonly string[]): Promise<boolean> {
  return (await git.text(['rev-list', '--count', ...commits], { expect: [0, 128] })).trim() === '';
}

/** Whether `newer` is `older` or has it in its history; false too where that can't be known. */
export async function isAncestor(git: Git, older: string, newer: string): Promise<boolean> {
  if (older === newer) return true;
  const base = await git.text(['merge-base', older, newer], { expect: [0, 1, 128] });
  return base.trim() === older;
}
