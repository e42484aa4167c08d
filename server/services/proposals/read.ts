import type { PullRequestState } from '../../forge/forge.ts';
import type { ForkPulls, Proposal, ProposalPage } from '../../http/schemas/proposals.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { EditRow } from '../../store/edit.ts';
import { listEditsOf } from '../../store/outbox.ts';
import { getMeta, IMPORTED_COMMIT } from '../../store/meta.ts';
import { getProposal, listProposals, type ProposalRow } from '../../store/proposals.ts';
import type { AppContext } from '../app-context.ts';
import { apiFieldOf } from '../instances/fields.ts';
import { heldIn } from './held.ts';
import { ownersCheck } from './owner-approvals.ts';
import type { Review } from './reviews.ts';
import { shownConflict } from './shown-conflict.ts';

type Reading = Pick<AppContext, 'store' | 'repository' | 'reviews' | 'forge'>;

/** Proposals: open ones first, newest first. */
export async function readProposals(context: Reading, limit = 200): Promise<Proposal[]> {
  const proposals: Proposal[] = [];
  for (const row of listProposals(context.store.reader, limit)) proposals.push(await describe(context, row));
  return proposals;
}

/** One proposal. Throws `not_found`. */
export async function readProposal(context: Reading, number: number): Promise<ProposalPage> {
  const row = rowOf(context, number);
  const main = getMeta(context.store.reader, IMPORTED_COMMIT);
  const { state, head } = row;
  const isShown = state === 'open' && head !== null && main !== undefined;
  const proposal = await describe(context, row);
  if (!isShown) return { proposal, effect: null, keys: [] };
  const keys = await context.reviews.keys(main, head);
  return { proposal, effect: await context.reviews.effect(main, head), keys: [...keys] };
}

/** Open pull requests of forks, as the forge told them last; none without a forge. */
export function readForkPulls({ forge }: Pick<Reading, 'forge'>): ForkPulls {
  const pulls = forge?.forks() ?? [];
  return pulls.map(({ number, title, author, head, url }) => ({ number, title, author, branch: head.branch, url }));
}

/** Throws `not_found`. */
export function rowOf({ store }: Pick<Reading, 'store'>, number: number): ProposalRow {
  const row = getProposal(store.reader, number);
  if (row !== undefined) return row;
  throw new ClaworcError('not_found', `There is no proposal ${number}.`, { subject: String(number), field: 'number' });
}

export async function describe(context: Reading, row: ProposalRow): Promise<Proposal> {
  const { store, reviews } = context;
  const main = getMeta(store.reader, IMPORTED_COMMIT);
  const { number, title, description, branch, author, state, head } = row;
  const review = state === 'open' && head !== null && main !== undefined ? await reviews.of(main, head) : undefined;
  const pull = state === 'open' ? context.forge?.pullOf(number) : undefined;
  const hasForge = context.forge !== null;
  const owners = ownersCheck(review?.rules ?? [], head ?? '', pull, hasForge);
  const unapproved = hasForge && owners?.state === 'waiting' ? owners.detail : '';
  const obstacle = state === 'open' ? obstacleElsewhere(context, row, pull) || unapproved : '';
  return {
    number,
    title,
    description,
    branch,
    state,
    head,
    base: review?.base ?? null,
    behind: review?.behind ?? 0,
    author,
    opened_at: row.openedAt,
    closed_at: row.closedAt,
    merged_as: row.mergedAs,
    bots: [...(review?.units ?? row.held.bots)],
    creates: [...(review?.creates ?? [])],
    removes: [...(review?.removes ?? [])],
    edits: await editsOf(context, row, main),
    conflicts: (review?.conflicts ?? []).map(shownConflict),
    checks: [...checksOf(review), ...(owners === undefined ? [] : [owners]), ...checksAt(pull)],
    reviews: (pull?.reviews ?? []).map(({ by, state: said, at }) => ({ by, state: said, at })),
    may_merge: review?.state === 'ready' && obstacle === '',
    waits_for: obstacle || waitsFor(row, review),
    forge: row.forge === null || context.forge === null ? null : { kind: context.forge.forge.kind, ...row.forge },
  };
}

function checksOf(review: Review | undefined): Proposal['checks'] {
  if (review === undefined || review.state === 'conflict') return [];
  const isFailed = review.state === 'failed';
  const detail = isFailed ? review.detail : 'Main with it is sound, and renders.';
  return [{ name: 'verify', state: isFailed ? 'failed' : 'ok', detail, url: null }];
}

/** What stands in the way on the remote or at the forge; empty where nothing does, as far as is known. */
function obstacleElsewhere(
  { store, forge }: Pick<Reading, 'store' | 'forge'>,
  { number, trouble, forge: pull, head }: ProposalRow,
  told: PullRequestState | undefined,
): string {
  if (trouble !== '' || forge === null) return trouble;
  const isThere = pull !== null || (head !== null && listEditsOf(store.reader, number).length > 0);
  if (!isThere) return '';
  const away = forge.troubleOf(number) || forge.trouble();
  if (away !== '') return away;
  if (pull === null) return `Its pull request at ${forge.title} is about to be opened.`;
  if (told?.state === 'merged') return `${forge.title} has merged it; main is on its way here.`;
  if (told?.mayMerge !== 'no') return '';
  return `${forge.title} does not let it be merged now: a check, a review or a rule of the branch is missing, or it is behind main there.`;
}

function checksAt(pull: PullRequestState | undefined): Proposal['checks'] {
  return (pull?.checks ?? []).map(({ name, state, detail, url }) => ({ name, state, detail, url }));
}

function waitsFor({ state, head }: ProposalRow, review: Review | undefined): string {
  if (state !== 'open') return '';
  if (head === null) return 'Nothing is in it yet: add an edit.';
  switch (review?.state) {
    case undefined:
      return 'Main has not been read from git yet.';
    case 'ready':
      return '';
    case 'nothing':
      return 'Main has all of it already. Files under dist/ are not merged: they are rendered from the records.';
    case 'failed':
      return review.detail;
    case 'conflict': {
      const fields = review.conflicts.map(({ unit, field }) => `${unit} ${apiFieldOf(field) || 'itself'}`);
      return `Main changed ${fields.join(', ')} too: say which value holds.`;
    }
  }
}

/** Edits made here in their order, and commits that people pushed. */
async function editsOf(
  { store, repository }: Pick<Reading, 'store' | 'repository'>,
  { number, state, head, held }: ProposalRow,
  main: string | undefined,
): Promise<Proposal['edits']> {
  const edits = listEditsOf(store.reader, number);
  const isOpen = state === 'open' && head !== null && main !== undefined;
  const { commits } = isOpen ? await heldIn(repository, main, head, new Set(edits.map(({ id }) => id))) : held;
  const ended = state === 'open' ? 'proposed' : state;
  const pushed = commits.map((commit) => ({ ...commit, state: ended === 'merged' ? 'published' : ended }));
  return [...edits.map(editRow), ...pushed].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function editRow({ id, message, author, at, state }: EditRow): Proposal['edits'][number] {
  return { id, message, author: author.name, at, state };
}
