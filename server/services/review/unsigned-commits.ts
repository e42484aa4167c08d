import { unsignedProblem } from '../../../constructs/repo/unsigned-problems.ts';
import type { UnitProblem } from '../../../constructs/repo/repo.ts';
import type { Fleet } from '../../../constructs/schema/index.ts';
import type { GitRepository } from '../../git/repository.ts';

/** What the commits between two lack that `base`, whose claworc.yaml is given, demands of signatures: one problem a file. */
export async function unsignedCommits(
  { signatures }: Pick<GitRepository, 'signatures'>,
  base: string,
  head: string,
  fleet: Fleet | null,
): Promise<readonly UnitProblem[]> {
  const policy = fleet?.spec.policy?.signedCommits;
  if (policy?.required !== true || base === head) return [];
  const refused = await signatures.refused(base, head, policy);
  return refused.flatMap(({ commit, subject, words, paths }) =>
    paths.map((path) => unsignedProblem(path, { commit, words, subject })),
  );
}
