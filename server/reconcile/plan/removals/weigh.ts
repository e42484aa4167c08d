import type { RemovalBudget } from '../../../../constructs/schema/index.ts';
import { digestOf } from '../../desired/stamp.ts';
import type { Approvals } from './approval.ts';
import type { RemovalWait } from './gate.ts';
import type { Removal } from './removal.ts';

export interface RemovalFacts {
  /** The commit whose tombstones they are. */
  readonly commit: string;
  /** All that main wants removed and of which something lives. */
  readonly removals: readonly Removal[];
  /** Bots that live; asked only where the share of them decides. */
  readonly living: () => number;
  readonly budget: RemovalBudget;
  readonly approvals: Approvals;
  /** What was let go before, and with which commit, by digest. */
  readonly granted: ReadonlyMap<string, string>;
  /** When removals began, by digest: ms since the epoch. */
  readonly begun: ReadonlyMap<string, number>;
  readonly now: number;
}

export interface RemovalVerdict {
  readonly commit: string;
  /** How many bots may leave with one step of main. */
  readonly limit: number;
  /** How many would leave with this one; kept data is no bot. */
  readonly count: number;
  /** What an approval has to name beside the commit; null where nothing waits for one. */
  readonly hash: string | null;
  readonly waiting: readonly { readonly removal: Removal; readonly wait: RemovalWait; readonly until: number | null }[];
  readonly granted: ReadonlyMap<string, string>;
  readonly begun: ReadonlyMap<string, number>;
  /** When the next of them may begin by itself; null where nothing waits for that. */
  readonly nextAt: number | null;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * Which removals may begin. Counted over all of them together, so that the order in which units are looked at decides
 * nothing: what is above the budget waits whole. What was approved, or let go with an earlier commit, is no part of this step.
 */
export function weighRemovals(facts: RemovalFacts): RemovalVerdict {
  const { commit, approvals, budget, now } = facts;
  const removals = facts.removals.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const step = removals.filter(({ kind, digest }) => {
    const since = facts.granted.get(digest);
    return kind === 'bot' && !approvals.has(digest) && (since === undefined || since === commit);
  });
  const limit = step.length <= budget.atOnce ? budget.atOnce : Math.max(budget.atOnce, shareOf(facts.living(), budget));
  const isWithin = step.length <= limit;

  const granted = new Map<string, string>();
  const waiting: { removal: Removal; wait: RemovalWait; until: number | null }[] = [];
  const turns: Removal[] = [];
  for (const removal of removals) {
    const { digest, kind } = removal;
    const before = facts.granted.get(digest);
    const approvedAt = approvals.get(digest);
    if (kind === 'kept_data') {
      const until = approvedAt === undefined ? null : approvedAt + budget.keptDataDays * DAY_MS;
      if (until === null) waiting.push({ removal, wait: 'approval', until });
      else if (until > now && before === undefined) waiting.push({ removal, wait: 'delay', until });
      else granted.set(digest, before ?? commit);
    } else if (before !== undefined || approvedAt !== undefined || isWithin) granted.set(digest, before ?? commit);
    else waiting.push({ removal, wait: 'approval', until: null });
    if (granted.has(digest)) turns.push(removal);
  }

  const begun = new Map<string, number>();
  // A clock that was put back must not hold a turn for longer than a minute.
  for (const [digest, at] of facts.begun) if (now - at < MINUTE_MS) begun.set(digest, Math.min(at, now));
  const started = new Map(facts.begun);
  for (const { digest, since } of removals) {
    if (since === null || started.has(digest)) continue;
    started.set(digest, since);
    if (now - since < MINUTE_MS) begun.set(digest, Math.min(since, now));
  }
  const next: Removal[] = [];
  for (const removal of turns) {
    const at = started.get(removal.digest);
    if (at !== undefined) begun.set(removal.digest, Math.min(at, now));
    else next.push(removal);
  }
  const lately = [...begun.values()].filter((at) => now - at < MINUTE_MS).sort((a, b) => a - b);
  const room = Math.max(0, budget.perMinute - lately.length);
  for (const { digest } of next.slice(0, room)) begun.set(digest, now);
  const rest = next.slice(room);
  const freeAt = [...lately, ...next.slice(0, room).map(() => now)][Math.max(0, lately.length - budget.perMinute)];
  const turnAt = rest.length === 0 || freeAt === undefined ? null : freeAt + MINUTE_MS;
  for (const removal of rest) waiting.push({ removal, wait: 'turn', until: turnAt });

  const asked = waiting.filter(({ wait }) => wait === 'approval').map(({ removal }) => removal);
  const times = waiting.flatMap(({ until }) => until ?? []);
  return {
    ...{ commit, limit, count: step.length, waiting, granted, begun },
    hash: asked.length === 0 ? null : hashOf(asked),
    nextAt: times.length === 0 ? null : Math.min(...times),
  };
}

/** 12 hex digits over what waits for an approval: names, data fates and tombstones. */
const hashOf = (removals: readonly Removal[]): string =>
  digestOf(removals.map(({ unit, kind, data, digest }) => [unit, kind, data, digest])).slice(0, 12);

const shareOf = (living: number, { percent }: RemovalBudget): number => Math.floor((living * percent) / 100);

const keyOf = ({ unit, kind }: Removal): string => `${unit} ${kind}`;
