import { ClaworcError } from '../../lib/errors.ts';
import type { Git } from '../client.ts';
import { MAIN } from './ref.ts';

const HEADS = 'refs/heads/';
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/;

/** The short name of a branch. */
export function branchName(ref: string): string {
  return ref.startsWith(HEADS) ? ref.slice(HEADS.length) : ref;
}

/**
 * The full ref of the branch that is the desired state of a bare repository: the one that was asked for, what HEAD names,
 * or main where HEAD names a branch that has no commit. A repository that has branches never gets another one: throws
 * `git_refused` with their names.
 */
export async function resolveBranch(git: Git, folder: string, wanted?: string): Promise<string> {
  if (wanted !== undefined && (!NAME.test(wanted) || /\.\.|\.lock(\/|$)/.test(wanted))) {
    throw new ClaworcError('usage', `${JSON.stringify(wanted)} is no name of a branch.`, { field: 'branch' });
  }
  const refs = (await git.text(['for-each-ref', '--format=%(refname)', HEADS])).split('\n').filter((ref) => ref !== '');
  const named = wanted === undefined ? await headRef(git) : `${HEADS}${wanted}`;
  if (refs.length === 0 || refs.includes(named)) return named;
  if (wanted === undefined && refs.includes(MAIN)) return MAIN;
  const [shown, more] = [refs.slice(0, 5).map(branchName).join(', '), refs.length - 5];
  throw new ClaworcError(
    'git_refused',
    `${folder} has no branch ${branchName(named)}${wanted === undefined ? ', which its HEAD names' : ''}; it has ${shown}` +
      `${more > 0 ? ` and ${more} more` : ''}. Say which one to follow with --branch.`,
    { subject: folder },
  );
}

async function headRef(git: Git): Promise<string> {
  const ref = (await git.text(['symbolic-ref', '--quiet', 'HEAD'], { expect: [0, 1] })).trim();
  return ref.startsWith(HEADS) && NAME.test(branchName(ref)) ? ref : MAIN;
}
