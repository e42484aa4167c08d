import type { GitRepository } from '../../git/repository.ts';
import { ClaworcError } from '../../lib/errors.ts';

/** The commit that is checked out, whole. Throws `git_refused` where there is none, or where git leaves files out. */
export async function headOf(repository: Pick<GitRepository, 'head' | 'hiddenFiles'>, folder: string): Promise<string> {
  const head = await repository.head();
  if (head === null) {
    throw new ClaworcError('git_refused', `${folder} has no commit yet that could be gone on from.`, {
      subject: folder,
    });
  }
  const [hidden] = await repository.hiddenFiles();
  if (hidden === undefined) return head;
  throw new ClaworcError(
    'git_refused',
    `${folder} is a sparse checkout: git leaves out ${hidden}, so what is missing here may not have been removed. ` +
      '`git sparse-checkout disable` brings every file back.',
    { subject: folder },
  );
}
