import type { Proposal, ProposalPage } from '../../http/schemas/proposals.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { EditRow } from '../../store/edit.ts';
import { listEditsOf } from '../../store/outbox.ts';
import { getMeta, IMPORTED_COMMIT } from '../../store/meta.ts';
import { getProposal, listProposals, type ProposalRow } from '../../store/proposals.ts';
import type { AppContext } from '../app-context.ts';
import { apiFieldOf } from '../instances/fields.ts';
import { heldIn } from './held.ts';
import type { Review } from './reviews.ts';

type Reading = Pick<AppContext, 'store' | 'repository' | 'reviews'>;

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
  const effect = isShown ? await context.reviews.effect(main, head) : null;
  return { proposal: await describe(context, row), effect };
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
    conflicts: (review?.conflicts ?? []).map(({ unit, field, base, theirs, mine }) => ({
      unit,
      field,
      base: base ?? null,
      main: theirs ?? null,
      proposal: mine ?? null,
    })),
    checks: checksOf(review),
    reviews: [],
    may_merge: review?.state === 'ready',
    waits_for: waitsFor(row, review),
    forge: null,
  };
}

function checksOf(review: Review | undefined): Proposal['checks'] {
  if (review === undefined || review.state === 'conflict') return [];
  const isFailed = review.state === 'failed';
  const detail = isFailed ? review.detail : 'Main with it is sound, and renders.';
  return [{ name: 'verify', state: isFailed ? 'failed' : 'ok', detail, url: null }];
}

function waitsFor({ state, head, trouble }: ProposalRow, review: Review | undefined): string {
  if (state !== 'open') return '';
  if (trouble !== '') return trouble;
  if (head === null) return 'Nothing is in it yet: add an edit.';
  switch (review?.state) {
    case undefined:
      return 'Main has not been read from git yet.';
    case 'ready':
      return '';
    case 'nothing':
      return 'Main has all of it already.';
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
