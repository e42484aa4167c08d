import { basePolicyProblems, readBaseFleet } from '../../../constructs/repo/base-policy.ts';
import { FLEET_PATH, readRepo, type RepoFiles, type UnitProblem } from '../../../constructs/repo/index.ts';
import { locateFolder } from '../../git/folder/locate.ts';
import { openRepository } from '../../git/repository.ts';
import { silentLog } from '../../lib/log.ts';

export interface BaseOptions {
  /** The instances repo in its checkout, and what lies there. */
  readonly folder: string;
  readonly files: RepoFiles;
  readonly anyOwner: boolean;
  /** A name of the commit whose policy holds. */
  readonly base: string;
}

/** What the policy of a commit does not allow in a checkout. Throws `usage` for a commit that is not there. */
export async function policyOfBase({ folder, files, anyOwner, base }: BaseOptions): Promise<readonly UnitProblem[]> {
  const { top, path } = locateFolder(folder);
  const repository = await openRepository({ folder: top, path, anyOwner, log: silentLog });
  const bytes = await repository.readFile(await repository.commitNamed(base), FLEET_PATH);
  return bytes === null ? [] : basePolicyProblems(readBaseFleet(bytes), readRepo(files));
}
