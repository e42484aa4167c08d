import { FLEET_PATH } from '../../../constructs/repo/paths.ts';
import { parseFleet } from '../../../constructs/schema/yaml/parse-document.ts';
import type { Git } from '../client.ts';
import { commitId } from '../refs/ref.ts';
import type { CommitObject } from './commit-object.ts';
import { readChanges, type CommitPair } from './read-changes.ts';
import { readCommits, readObjects } from './read-commits.ts';
import {
  judgeCommit,
  NOT_DEMANDED,
  type ContentStanding,
  type JudgedCommit,
  type PathChange,
} from './unsigned-content.ts';
import type { CommitJudge, SigningPolicy, Verdict, VerdictOf } from './verdict.ts';

/** Tells which files of a commit no signed commit stands for. */
export interface ContentJudge {
  /**
   * Costs nothing for a commit that was asked for before, or made here; else what came since. Depends on the history
   * alone, never on what was asked before.
   */
  standingAt(commit: string): Promise<ContentStanding>;
  /** A commit on one parent that was made here and changes these paths: nobody has to read it again. */
  noteOwn(own: OwnCommit): Promise<void>;
}

interface OwnCommit {
  readonly commit: string;
  readonly parent: string | null;
  readonly paths: readonly string[];
  readonly committedAt: number;
  readonly verdict: (policy: SigningPolicy) => Promise<Verdict>;
}

/** What a claworc.yaml says must stand in it as this. */
const WORD = 'signedCommits';

export function createContentJudge(git: Git, prefix: string, commits: CommitJudge): ContentJudge {
  /** From the first commit that demands signatures on. */
  const judged = new Map<string, JudgedCommit>();
  /** The newest commit up to which nothing ever demanded any. */
  let free: string | undefined;
  /** The commit that was judged last. */
  let last: string | undefined;
  let isWhole = false;
  let working: Promise<unknown> = Promise.resolve();
  const fleetName = `${prefix}${FLEET_PATH}`;

  /** The oldest commit up to `head` whose claworc.yaml speaks of signatures. */
  const findFirst = async (head: string): Promise<string | undefined> => {
    const since = free === undefined ? [] : [`^${free}`];
    // All sides of a merge are looked at: one that leaves the file alone must not hide the other.
    const listed = await git.text([
      ...['rev-list', '--topo-order', '--reverse', '--full-history', '--end-of-options', head, ...since],
      ...['--', `:(literal)${fleetName}`],
    ]);
    const ids = listed.split('\n').filter((line) => line !== '');
    for (const { name, bytes } of await readObjects(
      git,
      ids.map((id) => `${id}:${fleetName}`),
    )) {
      // A name can be written with escapes, too.
      if (bytes.includes(WORD) || bytes.includes('\\')) return name.slice(0, name.indexOf(':'));
    }
    return undefined;
  };

  const rangeTo = async (head: string, first: string | undefined): Promise<readonly string[]> => {
    const parents = first === undefined ? [] : [...((await readCommits(git, [first])).get(first)?.parents ?? [])];
    const before = [...(await presentAmong(git, parents))];
    const without = [last, free, ...before].flatMap((id) => (id === undefined ? [] : [`^${id}`]));
    const listed = await git.text(['rev-list', '--topo-order', '--reverse', '--end-of-options', head, ...without]);
    return listed.split('\n').filter((line) => line !== '' && !judged.has(line));
  };

  const policies = new Map<string, SigningPolicy | null | undefined>();
  const readPolicies = async (blobs: Iterable<string | null>): Promise<void> => {
    const asked = [...new Set(blobs)].filter((blob): blob is string => blob !== null && !policies.has(blob));
    for (const { name, bytes } of await readObjects(git, asked)) policies.set(name, policyOf(bytes));
  };

  const judgeRange = async (ids: readonly string[]): Promise<void> => {
    if (ids.length === 0) return;
    const objects = await readCommits(git, ids);
    isWhole ||= (await git.text(['rev-parse', '--is-shallow-repository'])).trim() === 'false';
    const parentsOf = (id: string): readonly string[] => objects.get(id)?.parents ?? [];
    const here = isWhole ? undefined : await presentAmong(git, [...new Set(ids.flatMap(parentsOf))]);
    const shownParents = (id: string) => parentsOf(id).filter((parent) => here?.has(parent) !== false);
    const pairs = ids.flatMap((commit): CommitPair[] => {
      const parents = shownParents(commit);
      return parents.length === 0 ? [{ commit, parent: null }] : parents.map((parent) => ({ commit, parent }));
    });
    const changes = new Map<string, ReadonlyMap<string, PathChange>>();
    (await readChanges(git, prefix, pairs)).forEach((found, index) => {
      const { commit, parent } = pairs[index] ?? { commit: '', parent: null };
      changes.set(`${commit} ${parent}`, found);
    });
    const fleets = new Map<string, string | null>();
    for (const { name, id, type } of await readObjects(
      git,
      ids.map((each) => `${each}:${fleetName}`),
    )) {
      fleets.set(name.slice(0, name.indexOf(':')), type === 'blob' ? id : null);
    }
    await readPolicies(fleets.values());
    const verdicts = await verdictsUnder(policies.values(), objects, commits);
    for (const commit of ids) {
      const isEnd = parentsOf(commit).length > shownParents(commit).length;
      const parents = shownParents(commit).map((parent) => ({
        judged: judged.get(parent) ?? NOT_DEMANDED,
        changes: changes.get(`${commit} ${parent}`) ?? new Map<string, never>(),
      }));
      const committedAt = objects.get(commit)?.committedAt ?? 0;
      const found = judgeCommit(
        { commit, committedAt, parents, fleet: fleets.get(commit) ?? null },
        {
          fleetPath: FLEET_PATH,
          policyIn: (blob) => policies.get(blob),
          verdictOf: (id, policy, floor) =>
            verdicts.get(policy)?.(id, floor) ?? { state: 'unknown', words: 'can’t be judged' },
        },
      );
      // The first one that is here may not be the first one that there is.
      judged.set(commit, { ...found, isCutOff: found.isCutOff || (isEnd && found.policy !== null) });
    }
    last = ids.at(-1);
  };

  const look = async (head: string): Promise<ContentStanding> => {
    const known = judged.get(head);
    if (known !== undefined) return known;
    if (head === free) return NOT_DEMANDED;
    const first = last === undefined ? await findFirst(head) : undefined;
    if (last === undefined && first === undefined) {
      free = head;
      return NOT_DEMANDED;
    }
    await judgeRange(await rangeTo(head, first));
    // What comes before the first commit that demands anything.
    return judged.get(head) ?? NOT_DEMANDED;
  };

  return {
    standingAt: (commit) => {
      const answer = working.then(() => look(commitId(commit)));
      working = answer.catch(() => undefined);
      return answer;
    },
    noteOwn: async ({ commit, parent, paths, committedAt, verdict }) => {
      if (parent === null || paths.includes(FLEET_PATH)) return;
      const before = judged.get(parent);
      if (before === undefined) {
        if (parent === free) free = commit;
        return;
      }
      const found = before.policy === null ? undefined : await verdict(before.policy);
      // One that isn't signed as it has to be is looked at like any other.
      if (found !== undefined && found.state !== 'good') return;
      const changes = new Map(paths.map((path) => [path, { from: null, to: null }]));
      const asked = { commit, committedAt, parents: [{ judged: before, changes }], fleet: before.fleet };
      const policyIn = () => before.policy;
      const verdictOf = (): Verdict => found ?? { state: 'good', by: '' };
      judged.set(commit, judgeCommit(asked, { fleetPath: FLEET_PATH, policyIn, verdictOf }));
      last = commit;
    },
  };
}

/** Undefined for one that can't be read. */
function policyOf(bytes: Uint8Array): SigningPolicy | null | undefined {
  const parsed = parseFleet(bytes, FLEET_PATH);
  if (!parsed.ok) return undefined;
  const asked = parsed.fleet.spec.policy?.signedCommits;
  return asked?.required === true ? asked : null;
}

async function presentAmong(git: Git, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const output = await git.catFile(['--batch-check'], { input: `${ids.join('\n')}\n` });
  const lines = output.toString('utf8').split('\n');
  return new Set(ids.filter((id, index) => lines[index]?.startsWith(`${id} commit `) === true));
}

/** By policy; equal ones are asked once. */
async function verdictsUnder(
  policies: Iterable<SigningPolicy | null | undefined>,
  objects: ReadonlyMap<string, CommitObject>,
  commits: CommitJudge,
): Promise<ReadonlyMap<SigningPolicy, VerdictOf>> {
  const byText = new Map<string, VerdictOf>();
  const found = new Map<SigningPolicy, VerdictOf>();
  for (const policy of policies) {
    if (policy === null || policy === undefined) continue;
    const text = JSON.stringify(policy);
    const verdictOf = byText.get(text) ?? (await commits.judge(objects, policy));
    byText.set(text, verdictOf);
    found.set(policy, verdictOf);
  }
  return found;
}
