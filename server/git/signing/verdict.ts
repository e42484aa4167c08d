import { tmpdir } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { signersOf, type AllowedSigner } from '../../../constructs/schema/allowed-signers.ts';
import type { CommitObject } from './commit-object.ts';
import { keysDigest, verifyByGpg, type GpgFinding } from './gpg-verifier.ts';
import { fingerprintOf } from './ssh-public-key.ts';
import { isSshSignature, keyOfSignature } from './ssh-signature.ts';

/** Whose signatures count: `spec.policy.signedCommits` of a claworc.yaml. */
export interface SigningPolicy {
  readonly required: boolean;
  readonly allowedSigners?: readonly string[];
  readonly gpgKeys?: readonly string[];
}

/** What a commit's signature is worth under a policy. */
export type Verdict =
  /** `by` is the principal of the key's line, or whom a gpg key names. */
  | { readonly state: 'good'; readonly by: string }
  /** `words` go on from "the commit": `is not signed`. */
  | { readonly state: 'unsigned' | 'unlisted' | 'bad' | 'out_of_time' | 'unknown'; readonly words: string };

/** What is so of a signature for ever, whoever is listed. */
type Facts =
  | { readonly state: 'unsigned' | 'bad' | 'unknown'; readonly words: string }
  | { readonly state: 'ssh'; readonly key: string }
  | { readonly state: 'gpg' };

/** The verdict of a commit; `floor`, in milliseconds since 1970: it can't be of before, whatever it says. */
export type VerdictOf = (commit: string, floor?: number) => Verdict;

export interface CommitJudge {
  /** Looks at commits, by id, and gives what answers for each of them. */
  judge(commits: ReadonlyMap<string, CommitObject>, policy: SigningPolicy): Promise<VerdictOf>;
}

const SLICE_MS = 10;
const MOST_KNOWN = 100_000;

/** Remembers by commit id, which never changes what it stands for: ssh signatures once, those of gpg once per set of keys. */
export function createCommitJudge(temp = tmpdir()): CommitJudge {
  const known = new Map<string, Facts>();
  const byGpg = new Map<string, Map<string, GpgFinding>>();
  const factsOf = (id: string, commit: CommitObject): Facts => {
    let facts = known.get(id);
    if (facts === undefined) {
      if (known.size >= MOST_KNOWN) known.clear();
      known.set(id, (facts = look(commit)));
    }
    return facts;
  };
  return {
    judge: async (commits, policy) => {
      const signers = new Map(Map.groupBy(signersOf(policy.allowedSigners ?? []), ({ key }) => key));
      const keys = policy.gpgKeys ?? [];
      let sliceEnd = performance.now() + SLICE_MS;
      const waiting: string[] = [];
      const found = byGpg.get(keysDigest(keys)) ?? new Map<string, GpgFinding>();
      for (const [id, commit] of commits) {
        if (performance.now() > sliceEnd) {
          await nextTurn();
          sliceEnd = performance.now() + SLICE_MS;
        }
        if (factsOf(id, commit).state === 'gpg' && keys.length > 0 && !found.has(id)) waiting.push(id);
      }
      if (waiting.length > 0) {
        const asked = waiting.flatMap((id) => {
          const { payload, signature = '' } = commits.get(id) ?? {};
          return payload === undefined ? [] : [{ payload, signature }];
        });
        const findings = await verifyByGpg(asked, keys, temp);
        waiting.forEach((id, index) => found.set(id, findings[index] ?? { state: 'bad' }));
        if (byGpg.size > 10) byGpg.clear();
        byGpg.set(keysDigest(keys), found);
      }
      return (id, floor = 0) => {
        const commit = commits.get(id);
        if (commit === undefined) return { state: 'unknown', words: 'is not here' };
        const at = Math.max(commit.committedAt, floor);
        const facts = factsOf(id, commit);
        if (facts.state === 'ssh') return verdictOfSsh(facts.key, signers.get(facts.key) ?? [], at);
        return facts.state === 'gpg' ? verdictOfGpg(keys.length === 0 ? undefined : found.get(id), at) : facts;
      };
    },
  };
}

function look({ payload, signature, isAmbiguous }: CommitObject): Facts {
  if (signature === undefined) return { state: 'unsigned', words: 'is not signed' };
  if (isAmbiguous) return { state: 'bad', words: 'has more than one signature' };
  if (isSshSignature(signature)) {
    const key = keyOfSignature(payload, signature);
    if (key === undefined) return { state: 'bad', words: DOES_NOT_FIT };
    return { state: 'ssh', key: key.toString('base64') };
  }
  if (signature.startsWith('-----BEGIN PGP SIGNATURE-----')) return { state: 'gpg' };
  return { state: 'unknown', words: 'has a signature of a kind that is not known here (X.509?)' };
}

const DOES_NOT_FIT = 'has a signature that does not fit it';

function verdictOfSsh(key: string, lines: readonly AllowedSigner[], at: number): Verdict {
  const [first] = lines;
  if (first === undefined) {
    const name = fingerprintOf(Buffer.from(key, 'base64'));
    return { state: 'unlisted', words: `is signed by a key that is not listed (${name})` };
  }
  const signer = lines.find(({ validAfter = 0, validBefore = Infinity }) => at >= validAfter && at <= validBefore);
  if (signer !== undefined) return { state: 'good', by: signer.principal };
  return outOfTime(first.principal, first.validBefore !== undefined && at > first.validBefore);
}

function outOfTime(by: string, isOver: boolean): Verdict {
  return { state: 'out_of_time', words: `is signed by ${by} ${isOver ? 'after' : 'before'} the time of that key` };
}

function verdictOfGpg(finding: GpgFinding | undefined, at: number): Verdict {
  switch (finding?.state) {
    case undefined:
      return { state: 'unlisted', words: 'is signed by a gpg key, and none is listed' };
    case 'good': {
      const { name, validBefore = Infinity } = finding;
      return at <= validBefore ? { state: 'good', by: name } : outOfTime(name, true);
    }
    case 'unlisted':
      return { state: 'unlisted', words: `is signed by a gpg key that is not listed (${finding.fingerprint})` };
    case 'revoked':
      return { state: 'out_of_time', words: `is signed by a key of ${finding.name} that was revoked` };
    case 'bad':
      return { state: 'bad', words: DOES_NOT_FIT };
    case 'unknown':
      return { state: 'unknown', words: `has a signature that can’t be checked: ${finding.why}` };
  }
}
