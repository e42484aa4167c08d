import type { EventPayloads } from '../http/schemas/answers.ts';

type ChangeName = Exclude<keyof EventPayloads, 'stream' | 'snapshot' | 'log' | 'log_state'>;

/** One change, as `GET /events` sends it. */
export type BusEvent = {
  [Name in ChangeName]: { readonly name: Name; readonly payload: EventPayloads[Name] };
}[ChangeName];

/** What changes in this process, to everybody who listens. */
export interface EventBus {
  publish(event: BusEvent): void;
  /** Returns the way to stop listening. */
  subscribe(listener: (event: BusEvent) => void): () => void;
  /** Says that these units may look different now. */
  touch(units: Iterable<string>): void;
  /** Calls back with the units of one burst of touches together. One listener; returns the way to stop it. */
  onTouched(listener: (units: ReadonlySet<string>) => void): () => void;
}

/** A burst lasts this long: short enough that a click is seen at once. */
const GATHER_MS = 40;

export function createEventBus(gatherMs = GATHER_MS): EventBus {
  const listeners = new Set<(event: BusEvent) => void>();
  let onTouched: ((units: ReadonlySet<string>) => void) | undefined;
  let touched = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    const units = touched;
    touched = new Set();
    timer = undefined;
    onTouched?.(units);
  };
  return {
    publish: (event) => {
      for (const listener of [...listeners]) listener(event);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    touch: (units) => {
      for (const unit of units) touched.add(unit);
      timer ??= setTimeout(flush, gatherMs);
    },
    onTouched: (listener) => {
      onTouched = listener;
      return () => {
        onTouched = undefined;
        clearTimeout(timer);
      };
    },
  };
}
