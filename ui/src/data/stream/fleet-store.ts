import type { Instance } from '../../../../server/http/schemas/instance.ts';
import type { EventPayloads, FleetState } from '../../../../server/http/schemas/answers.ts';

/** Whether we hear from the server, and since when not. Times in milliseconds since the epoch. */
export type Link =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  /** The stream is open and silent for longer than a heartbeat may take. */
  | { readonly state: 'silent'; readonly since: number }
  | { readonly state: 'gone'; readonly since: number | null; readonly retryAt: number };

/** Events of the fleet; the others of the stream are the hub's. */
export type FleetEvent = Exclude<keyof EventPayloads, 'stream' | 'log' | 'log_state'>;

export interface StatusChange {
  readonly before: Instance | undefined;
  readonly after: Instance | undefined;
}

/**
 * The fleet as the server last told it. Rows are immutable and keep their identity while nothing about them changes.
 * Events: `change` after any change; `instance` (CustomEvent of StatusChange) per bot; `activity` when the feed grew;
 * `proposal` when one looks different.
 */
export class FleetStore extends EventTarget {
  #instances: ReadonlyMap<string, Instance> = new Map();
  #fleet: FleetState | null = null;
  #link: Link = { state: 'connecting' };
  #lastHeard: number | null = null;
  #known = false;
  /** Rows of a snapshot whose pages are still coming; null in between. */
  #coming: Map<string, Instance> | null = null;

  get instances(): ReadonlyMap<string, Instance> {
    return this.#instances;
  }

  get fleet(): FleetState | null {
    return this.#fleet;
  }

  get link(): Link {
    return this.#link;
  }

  /** When the last byte came; null before the first one. */
  get lastHeard(): number | null {
    return this.#lastHeard;
  }

  /** False until the first snapshot: nothing is known yet, which is not the same as an empty fleet. */
  get known(): boolean {
    return this.#known;
  }

  heard(at: number): void {
    this.#lastHeard = at;
    if (this.#link.state !== 'live') this.setLink({ state: 'live' });
  }

  setLink(link: Link): void {
    this.#link = link;
    this.#changed();
  }

  /** Takes one event of `GET /events`; the number of bots that it changed. */
  take<Name extends FleetEvent>(name: Name, payload: EventPayloads[Name]): number {
    switch (name) {
      case 'snapshot':
        return this.#takeSnapshot(payload as EventPayloads['snapshot']);
      case 'instance':
        return this.#put(payload as Instance);
      case 'instance_removed':
        return this.#remove((payload as EventPayloads['instance_removed']).name);
      case 'fleet':
        this.#fleet = payload as FleetState;
        this.#changed();
        return 0;
      case 'activity':
        this.dispatchEvent(new Event('activity'));
        return 0;
      case 'proposal':
        this.dispatchEvent(new Event('proposal'));
        return 0;
      default:
        return 0;
    }
  }

  /** What somebody gets who begins to listen now; the last page has `more` while a snapshot is still coming. */
  *pages(size = 200): Generator<EventPayloads['snapshot']> {
    const fleet = this.#fleet;
    if (fleet === null || (!this.#known && this.#coming === null)) return;
    const rows = [...(this.#coming ?? this.#instances).values()];
    for (let at = 0; at === 0 || at < rows.length; at += size) {
      const more = this.#coming !== null || at + size < rows.length;
      yield { instances: rows.slice(at, at + size), fleet, first: at === 0, more };
    }
  }

  /** A row that an answer to a write brought, ahead of its event. */
  put(instance: Instance): void {
    this.#put(instance);
  }

  /** A page of the fleet; the rows that were known stay until the last one is there. */
  #takeSnapshot({ instances, fleet, first, more }: EventPayloads['snapshot']): number {
    const coming = first || this.#coming === null ? new Map<string, Instance>() : this.#coming;
    this.#coming = coming;
    for (const instance of instances) {
      const old = this.#instances.get(instance.name);
      const same = old !== undefined && JSON.stringify(old) === JSON.stringify(instance);
      coming.set(instance.name, same ? old : instance);
    }
    this.#fleet = fleet;
    if (more) {
      // Nothing was known: the first page is shown at once, and grows.
      if (!this.#known && first) this.#instances = new Map(coming);
      this.#changed();
      return 0;
    }
    this.#coming = null;
    return this.#replaceAll(coming);
  }

  #replaceAll(next: ReadonlyMap<string, Instance>): number {
    const before = this.#instances;
    const first = !this.#known;
    this.#known = true;
    this.#instances = next;
    this.#changed();
    if (first) return 0;
    const changes: StatusChange[] = [];
    for (const [name, after] of next) {
      const old = before.get(name);
      if (old !== after) changes.push({ before: old, after });
    }
    for (const [name, old] of before) if (!next.has(name)) changes.push({ before: old, after: undefined });
    for (const change of changes) this.#told(change);
    return changes.length;
  }

  #put(instance: Instance): number {
    this.#coming?.set(instance.name, instance);
    const before = this.#instances.get(instance.name);
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(instance)) return 0;
    this.#instances = new Map(this.#instances).set(instance.name, instance);
    this.#changed();
    this.#told({ before, after: instance });
    return 1;
  }

  #remove(name: string): number {
    this.#coming?.delete(name);
    const before = this.#instances.get(name);
    if (before === undefined) return 0;
    const next = new Map(this.#instances);
    next.delete(name);
    this.#instances = next;
    this.#changed();
    this.#told({ before, after: undefined });
    return 1;
  }

  #told(change: StatusChange): void {
    this.dispatchEvent(new CustomEvent<StatusChange>('instance', { detail: change }));
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}
