import type { Rewind } from '../plan/lineage.ts';
import type { PendingRemovals } from '../plan/removals/pending.ts';
import type { ShownRollout } from '../plan/rollout/shown-rollout.ts';
import type { ObservedConnection, HeldUnit, Observed, RetainedVolumes, ObservedUnit } from './observed.ts';

/** What is asked for beside the units' own states. */
export interface ObservedSources {
  readonly connection: () => ObservedConnection;
  readonly commit: () => string | null;
  readonly namespace: () => string | null;
  readonly standing: () => readonly string[];
  readonly retained: () => readonly RetainedVolumes[];
  readonly removals: () => PendingRemovals | null;
  readonly rollout: () => ShownRollout | null;
  readonly rewind: () => Rewind | null;
}

export interface ObservedStore extends Observed {
  set(observed: ObservedUnit): void;
  delete(unit: string): void;
  /** A new commit changes these units: until each is set again, what was observed of it is about the commit before. */
  expect(units: Iterable<string>): void;
  /** The connection, the commit or the fleet changed. */
  touch(): void;
}

/** Changes are gathered this long and told once. */
const GATHER_MS = 20;

export function createObservedStore(sources: ObservedSources): ObservedStore {
  const units = new Map<string, ObservedUnit>();
  const notable = new Map<string, ObservedUnit>();
  const held = new Map<string, HeldUnit>();
  const listeners = new Set<(units: ReadonlySet<string>) => void>();
  /** Units that were last observed for an older commit than the one that is worked on. */
  const behind = new Map<string, string | null>();
  let changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let changes = 0;

  const tell = (): void => {
    changes += 1;
    timer ??= setTimeout(() => {
      timer = undefined;
      const told = changed;
      changed = new Set();
      for (const listener of listeners) listener(told);
    }, GATHER_MS);
  };

  return {
    ...sources,
    unit: (name) => units.get(name),
    notable: () => [...notable.values()].sort((a, b) => (a.unit < b.unit ? -1 : 1)),
    held: () => [...held.values()].sort((a, b) => (a.unit < b.unit ? -1 : 1)),
    units: () => [...units.keys()].sort(),
    changes: () => changes,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    isAbout: (name) => {
      if (behind.has(name)) return behind.get(name) ?? null;
      return units.has(name) ? sources.commit() : null;
    },
    expect(names) {
      changes += 1;
      const before = sources.commit();
      for (const name of names) if (!behind.has(name)) behind.set(name, units.has(name) ? before : null);
    },
    set(observed) {
      // What caught up with its commit is told, even if nothing else of it changed.
      const caughtUp = behind.delete(observed.unit);
      if (!caughtUp && isSame(units.get(observed.unit), observed)) return;
      units.set(observed.unit, observed);
      if (observed.leaving !== null || observed.lostMarks.length > 0 || observed.isWithheld)
        notable.set(observed.unit, observed);
      else notable.delete(observed.unit);
      if (observed.held !== null) held.set(observed.unit, { unit: observed.unit, reason: observed.held });
      else held.delete(observed.unit);
      changed.add(observed.unit);
      tell();
    },
    delete(unit) {
      behind.delete(unit);
      if (!units.delete(unit)) return;
      notable.delete(unit);
      held.delete(unit);
      changed.add(unit);
      tell();
    },
    touch: tell,
  };
}

/** Equal but for objects that are the very same. */
function isSame(before: ObservedUnit | undefined, after: ObservedUnit): boolean {
  return before !== undefined && JSON.stringify(withoutLive(before)) === JSON.stringify(withoutLive(after));
}

const withoutLive = ({ objects, ...observed }: ObservedUnit): unknown => ({
  ...observed,
  objects: objects.map(({ live, ...object }) => ({ ...object, version: live?.metadata.resourceVersion })),
});
