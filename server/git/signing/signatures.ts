import { createHash } from 'node:crypto';
import { oneLine } from '../message.ts';
import { commitId } from '../refs/ref.ts';
import type { CommitRequest } from '../fast-import.ts';
import type { Git } from '../client.ts';
import { formatOf, readCommitObject, signedCommit } from './commit-object.ts';
import { commitPayload } from './commit-payload.ts';
import { createContentJudge } from './content-judge.ts';
import { readChanges, type CommitPair } from './read-changes.ts';
import { readCommits } from './read-commits.ts';
import type { CommitSigner } from './signer.ts';
import type { ContentStanding } from './unsigned-content.ts';
import { createCommitJudge, type SigningPolicy, type Verdict } from './verdict.ts';

/** A commit that a policy does not let in. */
export interface RefusedCommit {
  readonly commit: string;
  readonly subject: string;
  /** Go on from "the commit": `is not signed`. */
  readonly words: string;
  /** Files that say what bots are, in their order; at least one. */
  readonly paths: readonly string[];
}

/** Who signed what in a repository, and what this process signs with. */
export interface Signatures {
  /** What this process signs with; null where nothing was named. */
  readonly signer: CommitSigner | null;
  /** Which files of a commit no signed commit stands for. Costs nothing for a commit that was asked for before or made here. */
  standingAt(commit: string): Promise<ContentStanding>;
  /** Whose signature commits carry, by id. */
  verdicts(commits: readonly string[], policy: SigningPolicy): Promise<ReadonlyMap<string, Verdict>>;
  /**
   * Commits that `head` has and `base` has not, and that change what bots are without a signature that counts; oldest
   * first. Not `head` itself where it is the merge with `base` that forges make to try, and adds nothing.
   */
  refused(base: string, head: string, policy: SigningPolicy): Promise<readonly RefusedCommit[]>;
  /** What a signature that is made now would be worth. Throws as `CommitSigner` does. */
  tryOut(policy: SigningPolicy, now: number): Promise<Verdict>;
}

export interface OwnSignatures extends Signatures {
  /** Signs a commit that was written without a signature, and gives the id of the signed one. */
  sign(request: CommitRequest, written: { readonly commit: string; readonly tree: string }): Promise<string>;
  /** Says that a commit without a signature was written here. */
  noteUnsigned(request: CommitRequest, commit: string): Promise<void>;
}

export interface SignaturesOptions {
  readonly git: Git;
  readonly prefix: string;
  readonly temp: string;
  readonly signer: CommitSigner | null;
}

export function createSignatures({ git, prefix, temp, signer }: SignaturesOptions): OwnSignatures {
  const judge = createCommitJudge(temp);
  const content = createContentJudge(git, prefix, judge);
  /** gpg is a process for each look. */
  let tried: { readonly policy: string; readonly at: number; readonly verdict: Verdict } | undefined;
  const note = async (
    { parent, joins, changes, at }: CommitRequest,
    commit: string,
    verdict: (policy: SigningPolicy) => Promise<Verdict>,
  ): Promise<void> => {
    if (joins !== undefined) return;
    await content.noteOwn({ commit, parent, paths: [...changes.keys()], committedAt: Date.parse(at), verdict });
  };
  return {
    signer,
    standingAt: (commit) => content.standingAt(commit),
    verdicts: async (commits, policy) => {
      const verdictOf = await judge.judge(await readCommits(git, commits), policy);
      return new Map(commits.map((commit) => [commit, verdictOf(commit)]));
    },
    refused: async (base, head, policy) => {
      const options = ['--topo-order', '--reverse', '--end-of-options', commitId(head), `^${commitId(base)}`];
      const ids = (await git.text(['rev-list', ...options])).split('\n').filter((line) => line !== '');
      const commits = await readCommits(git, ids);
      const verdictOf = await judge.judge(commits, policy);
      const suspects = ids.filter((id) => verdictOf(id).state !== 'good');
      const pairs = suspects.flatMap((commit): CommitPair[] => {
        const parents = commits.get(commit)?.parents ?? [];
        return parents.length === 0 ? [{ commit, parent: null }] : parents.map((parent) => ({ commit, parent }));
      });
      const changes = await readChanges(git, prefix, pairs);
      const of = (commit: string): readonly ReadonlySet<string>[] =>
        pairs.flatMap((pair, index) => (pair.commit === commit ? [new Set(changes[index]?.keys())] : []));
      const isFromBase = commits.get(head)?.parents[0];
      const isTrial = isFromBase !== undefined && !ids.includes(isFromBase) && addsNothing(of(head));
      return suspects.flatMap((commit) => {
        const touched = of(commit).flatMap((paths) => [...paths]);
        const verdict = verdictOf(commit);
        if (touched.length === 0 || verdict.state === 'good' || (isTrial && commit === head)) return [];
        const subject = subjectOf(commits.get(commit)?.payload ?? Buffer.alloc(0));
        return [{ commit, subject, words: verdict.words, paths: [...new Set(touched)].sort() }];
      });
    },
    tryOut: async (policy, now) => {
      if (signer === null) return UNSIGNED;
      const text = JSON.stringify(policy);
      const isFresh = tried !== undefined && now - tried.at < TRIED_MS && now >= tried.at;
      if (signer.choice.kind === 'gpg' && isFresh && tried?.policy === text) return tried.verdict;
      const payload = Buffer.from(
        `tree ${'0'.repeat(40)}\ncommitter trial <> ${Math.floor(now / 1000)} +0000\n\ntrial\n`,
      );
      const object = readCommitObject(signedCommit(payload, await signer.sign(payload), 'sha1'), 'sha1');
      const id = createHash('sha256')
        .update(payload)
        .update(object?.signature ?? '')
        .digest('hex');
      const verdictOf = await judge.judge(new Map(object === undefined ? [] : [[id, object]]), policy);
      tried = { policy: text, at: now, verdict: verdictOf(id) };
      return tried.verdict;
    },
    sign: async (request, { commit, tree }) => {
      if (signer === null) return commit;
      const format = formatOf(commit);
      const payload = commitPayload(request, tree);
      // What is signed is what was written, to the byte.
      if (objectId(payload, format) !== commit)
        throw new RangeError('a commit was written in another way than it is signed');
      const bytes = signedCommit(payload, await signer.sign(payload), format);
      const written = await git.text(['hash-object', '-t', 'commit', '-w', '--stdin'], { input: bytes });
      const signed = commitId(written.trim());
      await note(request, signed, async (policy) => {
        if (signer.choice.kind === 'gpg') return tried?.policy === JSON.stringify(policy) ? tried.verdict : UNSIGNED;
        const object = readCommitObject(bytes, format);
        return (await judge.judge(new Map(object === undefined ? [] : [[signed, object]]), policy))(signed);
      });
      return signed;
    },
    noteUnsigned: (request, commit) => note(request, commit, () => Promise.resolve(UNSIGNED)),
  };
}

const UNSIGNED: Verdict = { state: 'unsigned', words: 'is not signed' };

/** How long a signature of gpg that was tried stands for the next ones. */
const TRIED_MS = 600_000;

/** Whether a merge has every file from one of its sides, by what it changes beside each. */
function addsNothing(sides: readonly ReadonlySet<string>[]): boolean {
  const [first, ...others] = sides;
  return others.length > 0 && ![...(first ?? [])].some((path) => others.every((side) => side.has(path)));
}

function subjectOf(payload: Buffer): string {
  const message = payload.toString('utf8', payload.indexOf('\n\n') + 2);
  return oneLine(message.split('\n', 1)[0] ?? '').slice(0, 200);
}

/** The id that git gives an object. */
function objectId(bytes: Buffer, format: 'sha1' | 'sha256'): string {
  return createHash(format).update(`commit ${bytes.length}\0`).update(bytes).digest('hex');
}
