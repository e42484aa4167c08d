import type { EventBus } from './event-bus.ts';

export interface GiveBackOptions {
  /** Collects garbage thoroughly. */
  readonly collect: () => void;
  /** Bytes that the heap takes. */
  readonly heapSize: () => number;
  /** After as long without a change it is collected: for tens of milliseconds nothing else is done. @default 10_000 */
  readonly quietMs?: number;
  /** And not before the heap has grown by this since the last time. @default 16 MiB */
  readonly leastGrowth?: number;
}

const QUIET_MS = 10_000;
const LEAST_GROWTH = 16 * 1024 * 1024;

/**
 * Gives the system back what a start or a large change leaves behind, once nothing changes any more: the engine by itself
 * collects as it allocates, and a server at rest does not. Does nothing at rest. Returns the way to stop.
 */
export function giveMemoryBack(bus: Pick<EventBus, 'subscribe'>, options: GiveBackOptions): () => void {
  const { collect, heapSize, quietMs = QUIET_MS, leastGrowth = LEAST_GROWTH } = options;
  let least = 0;
  const look = (): void => {
    if (heapSize() - least < leastGrowth) return;
    collect();
    least = heapSize();
  };
  const timer = setTimeout(look, quietMs);
  timer.unref();
  const unsubscribe = bus.subscribe(() => void timer.refresh());
  return () => {
    unsubscribe();
    clearTimeout(timer);
  };
}
