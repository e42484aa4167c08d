import type { LiveObject } from '../../cluster/live-object.ts';
import { REPORTING_INSTANCE } from '../../cluster/recorded-events.ts';
import { readEvent, unitCandidates, type ClusterEvent } from './cluster-event.ts';

const KEPT = 30;
const NONE: readonly ClusterEvent[] = [];

/** The newest Kubernetes events of each unit. */
export class EventIndex {
  readonly #byUnit = new Map<string, ClusterEvent[]>();

  /** Returns the units that it concerns. */
  put(object: LiveObject): readonly string[] {
    if (isOwn(object)) return [];
    const event = readEvent(object);
    const units = unitCandidates(event);
    for (const unit of units) {
      const others = (this.#byUnit.get(unit) ?? []).filter(({ uid }) => uid !== event.uid);
      this.#byUnit.set(unit, [event, ...others].sort(newestFirst).slice(0, KEPT));
    }
    return units;
  }

  replace(items: readonly LiveObject[]): ReadonlySet<string> {
    const touched = new Set(this.#byUnit.keys());
    this.#byUnit.clear();
    for (const item of items) for (const unit of this.put(item)) touched.add(unit);
    return touched;
  }

  /** Newest first, at most 30; the very same list while no event comes. */
  of(unit: string): readonly ClusterEvent[] {
    return this.#byUnit.get(unit) ?? NONE;
  }
}

/** What this process wrote itself, it knows already, in words of its own. */
const isOwn = ({ reportingInstance }: LiveObject & { readonly reportingInstance?: unknown }): boolean =>
  reportingInstance === REPORTING_INSTANCE;

const newestFirst = (a: ClusterEvent, b: ClusterEvent): number => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0);
