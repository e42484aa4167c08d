import type { ConnectionView, HeldUnit, LiveView, RetainedVolumes, UnitView } from './view.ts';

/** What the view is read from, beside the units' own. */
export interface ViewSources {
  readonly connection: () => ConnectionView;
  readonly commit: () => string | null;
  readonly held: () => readonly HeldUnit[];
  readonly standing: () => readonly string[];
  readonly retained: () => readonly RetainedVolumes[];
}

export interface ViewStore extends LiveView {
  set(view: UnitView): void;
  delete(unit: string): void;
  /** A new commit changes these units: until each is set again, its view is about the commit before. */
  expect(units: Iterable<string>): void;
  /** The connection, the commit or the fleet changed. */
  touch(): void;
}

/** Changes are gathered this long and told once. */
const GATHER_MS = 20;

export function createViewStore(sources: ViewSources): ViewStore {
  const units = new Map<string, UnitView>();
  const notable = new Map<string, UnitView>();
  const listeners = new Set<(units: ReadonlySet<string>) => void>();
  /** Units whose view is about an older commit than the one that is worked on. */
  const behind = new Map<string, string | null>();
  let changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  const tell = (): void => {
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
    units: () => [...units.keys()].sort(),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    isAbout: (name) => {
      if (behind.has(name)) return behind.get(name) ?? null;
      return units.has(name) ? sources.commit() : null;
    },
    expect(names) {
      const before = sources.commit();
      for (const name of names) if (!behind.has(name)) behind.set(name, units.has(name) ? before : null);
    },
    set(view) {
      // What caught up with its commit is told, even if nothing else of it changed.
      const caughtUp = behind.delete(view.unit);
      if (!caughtUp && isSame(units.get(view.unit), view)) return;
      units.set(view.unit, view);
      if (view.leaving !== null || view.lostMarks.length > 0 || view.isWithheld) notable.set(view.unit, view);
      else notable.delete(view.unit);
      changed.add(view.unit);
      tell();
    },
    delete(unit) {
      behind.delete(unit);
      if (!units.delete(unit)) return;
      notable.delete(unit);
      changed.add(unit);
      tell();
    },
    touch: tell,
  };
}

/** Equal but for objects that are the very same. */
function isSame(before: UnitView | undefined, after: UnitView): boolean {
  return before !== undefined && JSON.stringify(withoutLive(before)) === JSON.stringify(withoutLive(after));
}

const withoutLive = ({ objects, ...view }: UnitView): unknown => ({
  ...view,
  objects: objects.map(({ live, ...object }) => ({ ...object, version: live?.metadata.resourceVersion })),
});
