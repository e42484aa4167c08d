import { FLEET_PATH } from '../../../constructs/repo/paths.ts';
import type { GitRepository } from '../../git/repository.ts';
import type { Snapshot } from '../../git/read/snapshots.ts';
import type { Clock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';

const WAITS = 'Until then nothing is published, and what was saved waits.';

/**
 * Why nothing may be written to a main that demands signatures: what is written there would be unsigned, or would build on
 * an unsigned claworc.yaml. Undefined where it may. Never throws.
 */
export async function whyNotSigned(
  { signatures }: Pick<GitRepository, 'signatures'>,
  { commit, signing, repo }: Snapshot,
  clock: Clock,
): Promise<string | undefined> {
  if (commit === null || signing.policy === null) return undefined;
  if (repo.fleet === null) {
    const problem = repo.problems.find(({ file }) => file === FLEET_PATH);
    return problem && `${FLEET_PATH} ${problem.message}. ${WAITS}`;
  }
  try {
    const verdict = await signatures.tryOut(signing.policy, clock.now());
    if (verdict.state === 'good') return undefined;
    const help =
      signatures.signer === null
        ? 'Start it with --signing-key, and have the public key listed there'
        : 'Have its public key listed there';
    return `${DEMAND}, and what this server writes ${verdict.words}. ${help}. ${WAITS}`;
  } catch (error) {
    return `${DEMAND}, and this server can not sign: ${messageOf(error)} ${WAITS}`;
  }
}

const DEMAND = `spec.policy.signedCommits of ${FLEET_PATH} demands signatures of listed keys`;
