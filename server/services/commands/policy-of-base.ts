import { basePolicyProblems, readBaseFleet } from '../../../constructs/repo/base-policy.ts';
import { FLEET_PATH, readRepo, type RepoFiles, type UnitProblem } from '../../../constructs/repo/index.ts';
import { locateFolder } from '../../git/folder/locate.ts';
import { openRepository } from '../../git/repository.ts';
import { unsignedCommits } from '../review/unsigned-commits.ts';
import { silentLog } from '../../lib/log.ts';

export interface BaseOptions {
  /** The instances repo in its checkout, and what lies there. */
  readonly folder: string;
  readonly files: RepoFiles;
  readonly anyOwner: boolean;
  /** A name of the commit whose policy holds. */
  readonly base: string;
}

/** What the policy of a commit does not allow in a checkout, and in the commits that it has since. Throws `usage` for a commit that is not there. */
export async function policyOfBase({ folder, files, anyOwner, base }: BaseOptions): Promise<readonly UnitProblem[]> {
  const { top, path } = locateFolder(folder);
  const repository = await openRepository({ folder: top, path, anyOwner, log: silentLog });
  const commit = await repository.commitNamed(base);
  const bytes = await repository.readFile(commit, FLEET_PATH);
  const fleet = bytes === null ? null : readBaseFleet(bytes);
  if (fleet === null) return [];
  const head = await repository.head();
  const unsigned = head === null ? [] : await unsignedCommits(repository, commit, head, fleet);
  return [...unsigned, ...basePolicyProblems(fleet, readRepo(files))];
}
