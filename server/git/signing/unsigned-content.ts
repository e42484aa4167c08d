import type { SigningPolicy, Verdict } from './verdict.ts';

/** A file that is not as a signed commit left it. */
export interface UnsignedPath {
  /** The commit that brought what is there. */
  readonly commit: string;
  /** Go on from "the commit": `is not signed`. */
  readonly words: string;
  /** The blob that signed commits left there, null where they left none. Undefined: they left several. */
  readonly signed: string | null | undefined;
}

/** What is known of the content of a commit: which of it no signed commit stands for. */
export interface ContentStanding {
  /** The policy that the next commit is judged by; null where none demands signatures. */
  readonly policy: SigningPolicy | null;
  /** By path. */
  readonly unsigned: ReadonlyMap<string, UnsignedPath>;
  /** The history that is here ends before the policy came in, so nothing is known of what it holds. */
  readonly isCutOff: boolean;
}

/** A commit's standing, and what the judging of the next one goes on from. */
export interface JudgedCommit extends ContentStanding {
  /** The blob of claworc.yaml that signed commits left. */
  readonly fleet: string | null;
  /** Milliseconds since 1970: the newest signed commit up to here. */
  readonly floor: number;
}

export const NOT_DEMANDED: JudgedCommit = {
  policy: null,
  unsigned: new Map(),
  isCutOff: false,
  fleet: null,
  floor: 0,
};

/** What a commit made of a path; null for no file. */
export interface PathChange {
  readonly from: string | null;
  readonly to: string | null;
}

export interface CommitToJudge {
  readonly commit: string;
  readonly committedAt: number;
  /** One for each parent, in their order; none for a first commit. */
  readonly parents: readonly {
    readonly judged: JudgedCommit;
    /** By path, of those files that say what bots are. */
    readonly changes: ReadonlyMap<string, PathChange>;
  }[];
  /** The blob of claworc.yaml in it. */
  readonly fleet: string | null;
}

export interface Judging {
  readonly fleetPath: string;
  /** Under a policy that held for a parent. `floor`: the commit can't be of before. */
  readonly verdictOf: (commit: string, policy: SigningPolicy, floor: number) => Verdict;
  /** What a claworc.yaml demands; undefined where it can't be read, and what was demanded before goes on. */
  readonly policyIn: (fleet: string) => SigningPolicy | null | undefined;
}

/**
 * Judges a commit by what its parents demand, never by what it brings itself. One that is signed as they want stands for
 * the files that it changes; another stands for nothing, unless it puts a file back as signed commits left it. What a
 * merge takes over from one side is as good as it was there: it makes nothing of unsigned commits of a branch signed.
 */
export function judgeCommit(asked: CommitToJudge, { fleetPath, verdictOf, policyIn }: Judging): JudgedCommit {
  const { commit, committedAt } = asked;
  const strict = asked.parents.flatMap(({ judged, changes }) =>
    judged.policy === null ? [] : [{ ...judged, policy: judged.policy, changes }],
  );
  const floor = Math.max(0, ...strict.map((parent) => parent.floor));
  const verdicts = strict.map(({ policy }) => verdictOf(commit, policy, floor));
  const refusal = verdicts.find((verdict) => verdict.state !== 'good');
  const unsigned = refusal === undefined ? afterSigned(strict) : afterUnsigned(commit, strict, refusal.words);
  const own = unsigned.get(fleetPath);
  const fleet = own === undefined ? asked.fleet : (own.signed ?? null);
  const before = strict[0]?.policy ?? null;
  const told = fleet === null ? undefined : policyIn(fleet);
  const policy = told === undefined ? before : told;
  return {
    policy,
    unsigned: policy === null ? NOT_DEMANDED.unsigned : unsigned,
    isCutOff: asked.parents.some(({ judged }) => judged.isCutOff),
    fleet,
    floor: refusal === undefined ? Math.max(floor, committedAt) : floor,
  };
}

interface StrictParent extends Pick<JudgedCommit, 'unsigned'> {
  readonly changes: ReadonlyMap<string, PathChange>;
}

function afterSigned(parents: readonly StrictParent[]): ReadonlyMap<string, UnsignedPath> {
  const left = new Map<string, UnsignedPath>();
  for (const path of new Set(parents.flatMap(({ unsigned }) => [...unsigned.keys()]))) {
    const same = parents.filter(({ changes }) => !changes.has(path)).map(({ unsigned }) => unsigned.get(path));
    const [first] = same;
    if (first !== undefined && same.every((entry) => entry !== undefined)) left.set(path, first);
  }
  return left;
}

function afterUnsigned(
  commit: string,
  parents: readonly StrictParent[],
  words: string,
): ReadonlyMap<string, UnsignedPath> {
  const left = new Map<string, UnsignedPath>();
  const touched = parents.flatMap(({ unsigned, changes }) => [...unsigned.keys(), ...changes.keys()]);
  for (const path of new Set(touched)) {
    const to = parents.map(({ changes }) => changes.get(path)).find((change) => change !== undefined)?.to;
    // Undefined where no parent has the path otherwise, so that nobody has to know what is in it.
    const signed = parents.map(({ unsigned, changes }) => {
      const entry = unsigned.get(path);
      if (entry !== undefined) return entry.signed === undefined ? NONE : entry.signed;
      const change = changes.get(path);
      return change === undefined ? to : change.from;
    });
    const [first] = signed;
    const isOne = signed.every((blob) => blob === first);
    if (isOne && first === to && first !== undefined) continue;
    const known = parents.map(({ unsigned, changes }) => (changes.has(path) ? undefined : unsigned.get(path)));
    left.set(path, {
      commit,
      words,
      ...known.find((entry) => entry !== undefined),
      signed: isOne && first !== NONE ? (first ?? null) : undefined,
    });
  }
  return left;
}

/** Of a path that signed commits left in several versions. */
const NONE = '?';
