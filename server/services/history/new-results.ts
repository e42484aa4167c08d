import { maskLeaks } from '../../../constructs/schema/check/leaks.ts';
import type { ObservedUnit } from '../../reconcile/status/observed.ts';
import type { JournalEvent, JournalRow } from '../../store/journal.ts';

export type Result = Omit<JournalRow, 'id'>;

/** A unit as it was looked at, and what is known of it beside. */
export interface Seen {
  readonly live: ObservedUnit;
  /** The commit of main that the look is about: the unit's newest one or a later one. */
  readonly about: string;
  /** Its commit that was seen applied last by this process; undefined before the first. */
  readonly reached: string | undefined;
  /** A commit changed it since something was written down. */
  readonly isChanged: boolean;
  /** Main has a tombstone of it, and no record. */
  readonly isRemoved: boolean;
  /** It was seen on its way out of the cluster. */
  readonly wasLeaving: boolean;
  /** Claims of it that were kept. */
  readonly kept: readonly string[];
}

/** Rows that are looked at before one is added. */
export const LOOKED_AT = 30;
/** Refusals of one commit that are written down: a reason may hold a number that is another one each time. */
const MOST_REFUSALS = 10;
const LONGEST_DETAIL = 500;

/**
 * What is to be written down of a unit: when the cluster was brought to its commit, how its bot was then, why it was
 * refused, that it is gone. `known` are its newest rows, newest first. A look that tells nothing new gives nothing, also
 * in a process that was started again. Pure.
 */
export function newResults(seen: Seen, known: readonly JournalRow[], now: string): readonly Result[] {
  switch (seen.live.sync) {
    case 'failed':
      return refused(seen, known, now);
    case 'applied':
      return seen.isRemoved ? gone(seen, known, now) : reached(seen, known, now);
    case 'published':
    case 'drifted':
      return [];
  }
}

function refused({ live, about, isChanged }: Seen, known: readonly JournalRow[], now: string): readonly Result[] {
  const detail = shortened(live.reason);
  const applied = known.findIndex(({ event }) => event === 'applied');
  const before = (applied < 0 ? known : known.slice(0, applied)).filter(({ event }) => event === 'failed');
  const isTold = before.some((row) => row.detail === detail) || before.length >= MOST_REFUSALS;
  return isTold && !isChanged ? [] : [rowOf(live.unit, about, 'failed', now, detail)];
}

function reached({ live, about, reached: before }: Seen, known: readonly JournalRow[], now: string): readonly Result[] {
  const commit = live.commit ?? about;
  const index = known.findIndex(({ event }) => event === 'applied');
  const last = known[index];
  const isSame = before === undefined ? isNotLater(live.appliedAt, last?.at ?? '') : before === commit;
  if (last !== undefined && (isSame || last.commit === commit))
    return standing(live, about, { since: last.at, told: known.slice(0, index), now });
  // Where nothing had to be written, the cluster was brought to the commit when that was seen.
  const at = last !== undefined && isNotLater(live.appliedAt, last.at) ? now : live.appliedAt;
  if (at === null) return [];
  return [rowOf(live.unit, commit, 'applied', at), ...standing(live, commit, { since: at, told: [], now })];
}

interface Since {
  /** When it was applied. */
  readonly since: string;
  /** Rows after that. */
  readonly told: readonly JournalRow[];
  readonly now: string;
}

/** How the bot is, the first time after it was applied. */
function standing(live: ObservedUnit, commit: string, { since, told, now }: Since): readonly Result[] {
  const { unit, wish, status } = live;
  const isTold = (...events: readonly JournalEvent[]): boolean => told.some(({ event }) => events.includes(event));
  if (wish === null || isTold('healthy', 'stopped')) return [];
  if (status === 'running' && live.healthyAt !== null)
    return [rowOf(unit, commit, 'healthy', later(live.healthyAt, since))];
  if (status === 'stopped' && wish === 'stopped')
    return [rowOf(unit, commit, 'stopped', later(live.since ?? since, since))];
  if (status !== 'error' || isTold('unwell')) return [];
  return [rowOf(unit, commit, 'unwell', now, shortened(live.statusReason || live.seen))];
}

function gone({ live, about, wasLeaving, kept }: Seen, known: readonly JournalRow[], now: string): readonly Result[] {
  // Where nobody saw it go, the cluster may still say when it was last written to.
  const at = wasLeaving ? now : live.appliedAt;
  if (live.leaving !== null || known[0]?.event === 'gone' || at === null) return [];
  return [rowOf(live.unit, about, 'gone', at, evidenceOf(kept))];
}

/** What is left of a bot that is gone. */
export function evidenceOf(kept: readonly string[]): string {
  return kept.length === 0 ? 'nothing of it is left in the cluster' : `kept of it: ${kept.join(', ')}`;
}

function rowOf(unit: string, commit: string, event: JournalEvent, at: string, detail = ''): Result {
  return { at, unit, commit, event, detail };
}

const shortened = (text: string): string => {
  const masked = maskLeaks(text);
  return masked.length > LONGEST_DETAIL ? `${masked.slice(0, LONGEST_DETAIL - 1)}…` : masked;
};

/** The cluster tells times in whole seconds. */
const isNotLater = (at: string | null, than: string): boolean => at === null || Date.parse(at) <= Date.parse(than);
const later = (a: string, b: string): string => (Date.parse(a) > Date.parse(b) ? a : b);
