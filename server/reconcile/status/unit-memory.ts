import type { Applier } from '../../../constructs/schema/index.ts';
import type { ActionResult, UnitOutcome } from '../apply/outcome.ts';
import { keyOf } from '../live/live-unit.ts';
import { describeCorrections } from './drift.ts';
import type { DesiredUnit, PrunePermit } from '../desired/desired-state.ts';
import type { UnitPlan } from '../plan/plan-types.ts';
import type { ClusterEvent, ShownEvent } from '../live/cluster-event.ts';
import type { ObservedUnit } from './observed.ts';

/** What the loop remembers of one unit between two looks at it. */
export interface UnitMemory {
  desired: DesiredUnit | undefined;
  /** Who was to bring the cluster to `desired`. */
  applier: Applier;
  /** The commit that brought `desired`; at the start the one that was read first. */
  wantedBy: string | null;
  /** The last plan and what it was made from; `permit` is null where nothing could be removed. */
  planned: { readonly key: string; readonly permit: PrunePermit | null; readonly plan: UnitPlan } | undefined;
  /** What the unit was last observed from; undefined while something is left to do or to try. */
  settled: SettledUnit | undefined;
  /** The commit that the last outcome is about. */
  commit: string | null;
  outcome: UnitOutcome | undefined;
  appliedAt: string | null;
  /** The sync word that was told last, and since when it holds; undefined before the first look. */
  told: Pick<ObservedUnit, 'sync' | 'syncSince' | 'held'> | undefined;
  /** Failures in a row. */
  attempts: number;
  /** Not before this time; 0 for at once. */
  notBefore: number;
  /** What the loop itself did, newest first. */
  events: readonly ShownEvent[];
  warnings: readonly string[];
  /** Objects that lived when the unit was looked at last, with their uid; of those that were lost since, without one. */
  lived: ReadonlyMap<string, string | null>;
}

/** A unit that has nothing left to do, by what it was judged from. */
export interface SettledUnit {
  readonly key: string;
  readonly events: readonly ClusterEvent[];
  /** When it has to be looked at again although nothing happens, ms since the epoch. */
  readonly until: number;
}

const KEPT_EVENTS = 30;

export const newMemory = (): UnitMemory => ({
  desired: undefined,
  applier: 'claworc',
  wantedBy: null,
  planned: undefined,
  settled: undefined,
  commit: null,
  outcome: undefined,
  appliedAt: null,
  told: undefined,
  attempts: 0,
  notBefore: 0,
  events: [],
  warnings: [],
  lived: new Map(),
});

export function remember(memory: UnitMemory, event: ShownEvent): void {
  memory.events = [event, ...memory.events].slice(0, KEPT_EVENTS);
}

/** The event that tells what an outcome was; undefined when there is nothing to tell. */
export function outcomeEvent(
  { results, state, reason }: UnitOutcome,
  commit: string,
  at: string,
  lost: ReadonlySet<string> = new Set(),
): ShownEvent | undefined {
  const corrected = results.filter((result) => result.corrected || isMadeAgain(result, lost));
  if (corrected.length > 0) {
    return { at, title: 'Drift corrected', detail: describeCorrections(corrected, lost), tone: 'warn' };
  }
  if (state === 'failed') return { at, title: `Refused ${commit.slice(0, 7)}`, detail: reason, tone: 'bad' };
  const written = results.filter(
    ({ result }) => result !== 'unchanged' && result !== 'skipped' && result !== 'waiting',
  );
  if (written.length === 0) return undefined;
  return { at, title: `Applied ${commit.slice(0, 7)}`, detail: countInWords(results), tone: 'ok' };
}

/** An object that somebody deleted or replaced was brought back. */
export const isMadeAgain = ({ result, kind, name }: ActionResult, lost: ReadonlySet<string>): boolean =>
  (result === 'created' || result === 'configured') && lost.has(keyOf(kind, name));

/** `2 objects configured, 6 unchanged`. */
function countInWords(results: UnitOutcome['results']): string {
  const counts = new Map<string, number>();
  for (const { result } of results) counts.set(result, (counts.get(result) ?? 0) + 1);
  const parts = [...counts].sort(([a], [b]) => Number(a === 'unchanged') - Number(b === 'unchanged'));
  return parts
    .map(([result, count], index) =>
      index === 0 ? `${count} object${count === 1 ? '' : 's'} ${result}` : `${count} ${result}`,
    )
    .join(', ');
}
