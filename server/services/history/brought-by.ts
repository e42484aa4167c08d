import type { LoggedCommit } from '../../git/read/history.ts';
import { EDIT_TRAILER } from '../../git/message.ts';
import { getEdit } from '../../store/outbox.ts';
import { listProposals, type ProposalRow } from '../../store/proposals.ts';
import type { AppContext } from '../app-context.ts';
import { proposalNamedIn } from '../proposals/proposal-trailer.ts';

/** The proposal that brought a commit to main, and when that was. */
export interface Brought {
  readonly proposal: number;
  /** UTC, ISO 8601. */
  readonly at: string;
}

/** Merged proposals whose branches are looked through for commits that name no edit of ours. */
const MOST_LOOKED_AT = 50;

/** Commits of merged branches by the merge that brought them: those never change. */
const branches = new Map<string, ReadonlySet<string>>();

/** For each of the commits that a proposal brought to main, which one. */
export async function broughtBy(
  context: Pick<AppContext, 'store' | 'repository'>,
  commits: readonly LoggedCommit[],
): Promise<ReadonlyMap<string, Brought>> {
  const { store } = context;
  const merged = listProposals(store.reader).filter(({ mergedAs }) => mergedAs !== null);
  const found = new Map<string, Brought>();
  if (merged.length === 0) return found;
  const byNumber = new Map(merged.map((row) => [row.number, row]));
  const byMerge = new Map(merged.map((row) => [row.mergedAs, row]));
  const left: LoggedCommit[] = [];
  for (const commit of commits) {
    const id = commit.trailers[EDIT_TRAILER];
    const edit = id === undefined ? undefined : getEdit(store.reader, id);
    const named = proposalNamedIn(commit);
    const told = named && byNumber.get(named.number);
    // Several servers may share a remote, each with numbers of its own.
    const own = told?.branch === named?.branch ? told : undefined;
    const row = byMerge.get(commit.commit) ?? own ?? byNumber.get(edit?.proposal ?? 0);
    if (row !== undefined) found.set(commit.commit, broughtIn(row));
    else if (edit === undefined) left.push(commit);
  }
  for (const row of left.length === 0 ? [] : merged.slice(0, MOST_LOOKED_AT)) {
    const ids = await commitsOf(context, row);
    for (const { commit } of left) if (ids.has(commit) && !found.has(commit)) found.set(commit, broughtIn(row));
  }
  return found;
}

function broughtIn({ number, closedAt, openedAt }: ProposalRow): Brought {
  return { proposal: number, at: closedAt ?? openedAt };
}

/** The commits that a merge joined to main; none where it is no merge, or no longer here. */
async function commitsOf(
  { repository }: Pick<AppContext, 'repository'>,
  { mergedAs }: ProposalRow,
): Promise<ReadonlySet<string>> {
  if (mergedAs === null) return new Set();
  const known = branches.get(mergedAs);
  if (known !== undefined) return known;
  const ids = new Set<string>();
  const [merge] = await repository.describe([mergedAs]).catch(() => []);
  const [main] = merge?.parents ?? [];
  if (merge !== undefined && main !== undefined && merge.parents.length > 1) {
    for (const { commit } of await repository.log({ since: main, until: mergedAs })) ids.add(commit);
  }
  branches.set(mergedAs, ids);
  return ids;
}
