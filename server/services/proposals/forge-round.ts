import type { OwnedChange } from '../../../constructs/repo/owned-changes.ts';
import { forgeTroubleOf } from '../../forge/errors.ts';
import type { Forge, PullRequest, PullRequestState } from '../../forge/forge.ts';
import { openOrTakeOver } from '../../forge/open-or-take-over.ts';
import { oneLine } from '../../git/message.ts';
import type { Effect } from '../../http/schemas/effect.ts';
import { isoSeconds, type Clock } from '../../lib/clock.ts';
import { ClaworcError, messageOf } from '../../lib/errors.ts';
import type { Failpoint } from '../../lib/failpoint.ts';
import type { Log } from '../../lib/log.ts';
import { unitOf } from '../../store/edit.ts';
import type { Store } from '../../store/open-store.ts';
import { listEditsOf, reviveProposedEdits } from '../../store/outbox.ts';
import {
  findProposalOfPull,
  getProposal,
  listOpenProposals,
  putProposalForge,
  putProposalText,
  reopenProposal,
  type ProposalRow,
} from '../../store/proposals.ts';
import { closeRow } from './end-proposal.ts';
import { describePull, redescribePull } from './forge-text.ts';
import { teamMembers, type TeamMember } from './team-members.ts';

export interface ForgeRoundDeps {
  readonly forge: Forge;
  /** For people: `github.com/owner/name`. */
  readonly title: string;
  /** The branch there that is main. */
  readonly base: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly failpoint: Failpoint;
  /** What a proposal would do to main as it is now; null before main was read. */
  readonly effect: (head: string) => Promise<Effect | null>;
  /** Rules with owners that a proposal changes of main as it is now. */
  readonly rules: (head: string) => Promise<readonly OwnedChange[]>;
  /** Told of each proposal that looks different now. */
  readonly onChange: (number: number, units: readonly string[]) => void;
  /** Has main and branches asked for now: the forge said that something is merged. */
  readonly onMerged: (row: ProposalRow, mergedAs: string | null) => Promise<void>;
}

/** A pull request, and who of its reviewers is in the teams that own what it changes. */
export type KnownPull = PullRequestState & { readonly members: readonly TeamMember[] };

/** What is known of pull requests, by the numbers of proposals. */
export interface KnownPulls {
  readonly states: Map<number, KnownPull>;
  /** Why something about one could not be done, in words. */
  readonly troubles: Map<number, string>;
  /** The head that a pull request was described for. */
  readonly described: Map<number, string>;
  /** Open ones whose branch is in a fork: they are no proposals here. */
  forks: readonly PullRequest[];
}

const MOST_TITLE = 200;
const MOST_DESCRIPTION = 10_000;

/**
 * One look at the forge: proposals made here get their pull request, those of people are known by theirs, and what was
 * closed, opened again or merged there is so here. Throws for a forge that can't be asked at all.
 */
export async function forgeRound(deps: ForgeRoundDeps, known: KnownPulls, signal: AbortSignal): Promise<void> {
  const { forge, base, store } = deps;
  const listed = await forge.listOpen(base, signal);
  known.forks = listed.filter(({ isFork }) => isFork);
  const pulls = listed.filter(({ isFork }) => !isFork);
  for (const pull of pulls) adopt(deps, pull);
  const open = new Set(pulls.map(({ number }) => number));
  for (const { number } of listOpenProposals(store.reader)) {
    if (signal.aborted) return;
    const row = getProposal(store.reader, number);
    if (row?.state !== 'open') continue;
    try {
      await lookAt(deps, known, row, open, signal);
      if (known.troubles.delete(number)) deps.onChange(number, []);
    } catch (error) {
      const trouble = forgeTroubleOf(error);
      // What concerns the token or the forge as a whole ends the round.
      if (trouble === undefined || !OF_ONE.has(trouble)) throw error;
      const words = `${messageOf(error)}.`;
      if (known.troubles.get(number) === words) continue;
      known.troubles.set(number, words);
      deps.onChange(number, []);
    }
  }
  for (const number of known.states.keys()) {
    if (getProposal(store.reader, number)?.state !== 'open') forget(known, number);
  }
}

const OF_ONE: ReadonlySet<string> = new Set(['forbidden', 'not_found', 'conflict', 'refused', 'odd']);

function forget({ states, troubles, described }: KnownPulls, number: number): void {
  for (const map of [states, troubles, described]) map.delete(number);
}

/** Joins a pull request with the proposal of its branch. */
function adopt({ store, onChange, log, failpoint }: ForgeRoundDeps, pull: PullRequest): void {
  const known = findProposalOfPull(store.reader, pull.number);
  if (known?.state === 'closed' && known.branch === pull.head.branch) {
    const isOpen = store.transact((tx) => {
      if (!reopenProposal(tx, known.number)) return false;
      reviveProposedEdits(tx, known.number);
      return true;
    });
    if (!isOpen) return;
    failpoint('reopened-there-noted');
    log.info('A proposal was opened again at the forge', { proposal: known.number, pull: pull.number });
    onChange(known.number, unitsOf(store, known.number));
  }
  if (known !== undefined && known.state !== 'closed') {
    // Somebody gave it other words over there.
    if (putWords(store, known, pull)) onChange(known.number, []);
    return;
  }
  const row = listOpenProposals(store.reader).find(
    ({ branch, forge }) => branch === pull.head.branch && forge === null,
  );
  if (row === undefined) return;
  store.transact((tx) => putProposalForge(tx, row.number, { number: pull.number, url: pull.url }));
  putWords(store, row, pull);
  onChange(row.number, []);
}

/** Title, description and author of what people opened; of what was opened here only the title. Whether that is news. */
function putWords(store: Store, row: ProposalRow, pull: PullRequest): boolean {
  const isOurs = listEditsOf(store.reader, row.number).length > 0;
  const title = oneLine(pull.title).slice(0, MOST_TITLE) || row.title;
  const text = isOurs
    ? { title, description: row.description, author: row.author }
    : { title, description: pull.description.slice(0, MOST_DESCRIPTION), author: pull.author || row.author };
  if (text.title === row.title && text.description === row.description && text.author === row.author) return false;
  store.transact((tx) => putProposalText(tx, row.number, text));
  return true;
}

async function lookAt(
  deps: ForgeRoundDeps,
  known: KnownPulls,
  row: ProposalRow,
  open: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<void> {
  const { store, onChange } = deps;
  if (row.forge === null) {
    const isOurs = listEditsOf(store.reader, row.number).some(({ state }) => state === 'proposed');
    if (isOurs && row.head !== null) await openPull(deps, known, row, row.head, signal);
    return;
  }
  const pull = await readPull(deps, row.forge.number, row.head, signal);
  const before = known.states.get(row.number);
  known.states.set(row.number, pull);
  if (JSON.stringify(before) !== JSON.stringify(pull)) onChange(row.number, []);
  switch (pull.state) {
    case 'merged':
      await deps.onMerged(row, pull.mergedAs);
      return;
    case 'closed':
      closeHere(deps, row, pull.number);
      return;
    case 'open':
      if (open.has(pull.number)) await redescribe(deps, known, row, pull, signal);
  }
}

async function readPull(
  { forge, rules }: ForgeRoundDeps,
  number: number,
  head: string | null,
  signal: AbortSignal,
): Promise<KnownPull> {
  const pull = await forge.read(number, signal);
  const isAsked = head !== null && pull.state === 'open' && pull.reviews.some(({ state }) => state === 'approved');
  return { ...pull, members: isAsked ? await teamMembers(forge, await rules(head), head, pull, signal) : [] };
}

async function openPull(
  deps: ForgeRoundDeps,
  known: KnownPulls,
  row: ProposalRow,
  head: string,
  signal: AbortSignal,
): Promise<void> {
  const { forge, base, store, log, onChange, effect, failpoint } = deps;
  const told = await effect(head);
  if (told === null) return;
  const wish = { head: row.branch, base, title: row.title, description: describePull(row, told, forge.textLimit) };
  const opened = await openOrTakeOver(forge, wish, '', signal);
  if (opened.outcome === 'no_change') return;
  const { number, url } = opened.pull;
  failpoint('pull-opened');
  store.transact((tx) => putProposalForge(tx, row.number, { number, url }));
  failpoint('pull-noted');
  known.described.set(row.number, head);
  log.info('Pull request of a proposal', { proposal: row.number, pull: number, outcome: opened.outcome });
  onChange(row.number, []);
  known.states.set(row.number, await readPull(deps, number, head, signal));
  onChange(row.number, []);
}

/** Keeps what the pull request says about bots true when its branch moved. */
async function redescribe(
  { forge, store, effect }: ForgeRoundDeps,
  { described }: KnownPulls,
  row: ProposalRow,
  pull: PullRequestState,
  signal: AbortSignal,
): Promise<void> {
  if (row.head === null || described.get(row.number) === row.head) return;
  if (listEditsOf(store.reader, row.number).length === 0) return;
  const told = await effect(row.head);
  if (told === null) return;
  const description = redescribePull(pull.description, told, forge.textLimit);
  if (description !== undefined) await forge.update(pull.number, { title: pull.title, description }, signal);
  described.set(row.number, row.head);
}

function closeHere(
  { store, clock, title, onChange, log, failpoint }: ForgeRoundDeps,
  row: ProposalRow,
  pull: number,
): void {
  const detail = `Pull request ${pull} was closed at ${title}, and with it proposal ${row.number}. Save this again, discard it, or open the proposal again.`;
  const units = unitsOf(store, row.number);
  if (!closeRow(store, row.number, isoSeconds(clock), { state: 'failed', detail })) return;
  failpoint('closed-there-noted');
  log.info('A proposal was closed at the forge', { proposal: row.number, pull });
  onChange(row.number, units);
}

function unitsOf(store: Store, number: number): string[] {
  return listEditsOf(store.reader, number).flatMap(({ changes }) => changes.map(unitOf));
}

/** For a message where the forge is asked by a person. */
export function isForgeAway(error: unknown): error is ClaworcError {
  return error instanceof ClaworcError && error.code === 'forge_unreachable';
}
