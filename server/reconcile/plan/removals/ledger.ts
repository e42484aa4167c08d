import { FLEET_UNIT } from '../../../../constructs/repo/paths.ts';
import { changedUnits } from '../../desired/compare.ts';
import type { DesiredState, RemovedUnit } from '../../desired/desired-state.ts';
import type { LiveIndex } from '../../live/live-index.ts';
import { fleetParent } from '../lineage.ts';
import { readApprovals, type Approvals } from './approval.ts';
import type { RemovalGate, RemovalKind, RemovalWait } from './gate.ts';
import { removalDigest, removalsOf, type Removal } from './removal.ts';
import { weighRemovals, type RemovalVerdict } from './weigh.ts';
import { waitReason } from './words.ts';

const DAY_MS = 86_400_000;
const KINDS: readonly RemovalKind[] = ['bot', 'kept_data'];

/** What main wants removed, weighed against the budget; it remembers what it let go, so that this is counted once. */
export interface RemovalLedger {
  /** Weighs anew. Gives the units of which something else holds now than before. */
  weigh(next: DesiredState, index: LiveIndex, now: number): readonly string[];
  /** True where what concerns these units may change the verdict. */
  concerns(units: Iterable<string>): boolean;
  /** Closed for whatever was not weighed. */
  readonly gate: RemovalGate;
  /** The same without turns: what goes now or by itself a little later. */
  readonly unhurried: RemovalGate;
  /** Null before the first weighing. */
  verdict(): RemovalVerdict | null;
  /**
   * Approvals of what is gone or no longer wanted: they would hold for the same tombstone if it came back. One of a
   * tombstone that main doesn't have, and that was never weighed here, may be of a commit that is on its way, for a day.
   */
  overApprovals(now: number): ReadonlySet<string>;
}

export function createRemovalLedger(extra: () => Approvals = () => new Map()): RemovalLedger {
  let desired: DesiredState | null = null;
  let verdict: RemovalVerdict | null = null;
  let approvals: Approvals = new Map();
  const seen = new Set<string>();
  const removed = new Map<string, RemovedUnit>();
  /** By digest: the reason to wait, and null for what may begin. */
  let standing = new Map<
    string,
    { readonly unit: string; readonly wait: RemovalWait; readonly reason: string } | null
  >();
  /** Digest of each removal that was weighed, by kind and tombstone. */
  let weighed = new Map<string, string>();

  const follow = (next: DesiredState): void => {
    for (const unit of changedUnits(desired, next)) {
      const wanted = next.units.get(unit);
      if (wanted?.state === 'removed') removed.set(unit, wanted);
      else removed.delete(unit);
    }
    desired = next;
  };
  const find = (unit: RemovedUnit, kind: RemovalKind): ReturnType<RemovalGate> => {
    const digest = weighed.get(placeOf(unit, kind));
    const found = digest === undefined ? undefined : standing.get(digest);
    if (found === undefined) return { wait: 'count', reason: 'what main removes is being counted' };
    return found ?? undefined;
  };

  return {
    weigh(next, index, now) {
      if (next !== desired) follow(next);
      const namespace = next.namespace ?? '';
      const removals = [...removed.values()].flatMap((unit) =>
        removalsOf(unit, index.unit(unit).objects.values(), namespace).map((removal) => ({ unit, removal })),
      );
      const before = standing;
      approvals = readApprovals(fleetParent(index));
      for (const { removal } of removals) seen.add(removal.digest);
      verdict = weighRemovals({
        commit: next.commit,
        removals: removals.map(({ removal }) => removal),
        living: () => countLiving(index),
        budget: next.removalBudget,
        approvals: new Map([...approvals, ...extra()]),
        granted: verdict?.granted ?? new Map<string, string>(),
        begun: verdict?.begun ?? new Map<string, number>(),
        now,
      });
      const known = verdict;
      standing = new Map(removals.map(({ removal }) => [removal.digest, null]));
      for (const { removal, wait, until } of known.waiting) {
        standing.set(removal.digest, {
          ...{ unit: removal.unit, wait },
          reason: waitReason(known, removal, wait, until),
        });
      }
      weighed = new Map(removals.map(({ unit, removal }) => [placeOf(unit, removal.kind), removal.digest]));
      return changedIn(
        before,
        standing,
        removals.map(({ removal }) => removal),
      );
    },
    concerns(units) {
      if (removed.size === 0) return false;
      for (const unit of units) if (unit === FLEET_UNIT || removed.has(unit)) return true;
      return false;
    },
    gate: find,
    unhurried: (unit, kind) => {
      const found = find(unit, kind);
      return found?.wait === 'turn' ? undefined : found;
    },
    verdict: () => verdict,
    overApprovals(now) {
      const idle = [...approvals].filter(([digest]) => !standing.has(digest));
      if (idle.length === 0) return new Set();
      const onMain = new Set([...removed.values()].flatMap((unit) => KINDS.map((kind) => removalDigest(unit, kind))));
      const isOver = (digest: string, at: number): boolean =>
        seen.has(digest) || onMain.has(digest) || now - at > DAY_MS;
      return new Set(idle.filter(([digest, at]) => isOver(digest, at)).map(([digest]) => digest));
    },
  };
}

type Standing = ReadonlyMap<string, { readonly reason: string } | null>;

function changedIn(before: Standing, after: Standing, removals: readonly Removal[]): readonly string[] {
  const changed = removals.filter(
    ({ digest }) => !before.has(digest) || before.get(digest)?.reason !== after.get(digest)?.reason,
  );
  return [...new Set(changed.map(({ unit }) => unit))];
}

const placeOf = ({ unit, tombstone }: RemovedUnit, kind: RemovalKind): string => `${unit} ${kind} ${tombstone}`;

function countLiving(index: LiveIndex): number {
  return index.units().filter((unit) => unit !== FLEET_UNIT && index.hasMembers(unit)).length;
}
