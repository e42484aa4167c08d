import type { CommitSignature } from '../../http/schemas/commit-signature.ts';
import type { Verdict } from '../../git/signing/verdict.ts';
import { getFleet } from '../../store/fleet.ts';
import type { AppContext } from '../app-context.ts';

/** Who signed commits, by those whom claworc.yaml lists now; null for all of them where it lists nobody. */
export async function signaturesOf(
  { repository, store }: Pick<AppContext, 'repository' | 'store'>,
  commits: readonly { readonly commit: string }[],
): Promise<(commit: string) => CommitSignature | null> {
  const policy = getFleet(store.reader)?.record.spec.policy?.signedCommits;
  if (policy === undefined || commits.length === 0) return () => null;
  const verdicts = await repository.signatures.verdicts(
    commits.map(({ commit }) => commit),
    policy,
  );
  return (commit) => {
    const verdict = verdicts.get(commit);
    return verdict === undefined ? null : { state: verdict.state, words: wordsOf(verdict) };
  };
}

/** As they stand by themselves: `signed by ada@example.com`. */
function wordsOf(verdict: Verdict): string {
  return verdict.state === 'good' ? `signed by ${verdict.by}` : verdict.words.replace(/^is /, '');
}
