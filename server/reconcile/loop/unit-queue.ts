export interface UnitQueue {
  /** Has the unit worked on soon; at most once at a time, and once more when it is added meanwhile. */
  add(unit: string): void;
  /** Has it worked on after `ms`, unless that happens earlier anyway. */
  addAfter(unit: string, ms: number): void;
  /** Units that wait for a worker, that are worked on, and that are due later. */
  depth(): { readonly waiting: number; readonly working: number; readonly later: number };
  /** No unit waits, works or is due within a moment. */
  isIdle(): boolean;
  /** Takes nothing up any more; resolves when what is under way has ended. */
  stop(): Promise<void>;
}

export interface UnitQueueOptions {
  readonly concurrency: number;
  /** Must not reject. */
  readonly work: (unit: string) => Promise<void>;
  /** Called when the last unit is done. */
  readonly onIdle: () => void;
  /** A clock in milliseconds. */
  readonly now?: () => number;
}

/** How long units may be taken up before others get their turn, in milliseconds: a look at one may wait for nothing at all. */
const SLICE_MS = 10;

/** Names of units on their way to the workers: each waits once however often it is added. */
export function createUnitQueue({
  concurrency,
  work,
  onIdle,
  now = () => performance.now(),
}: UnitQueueOptions): UnitQueue {
  const waiting = new Set<string>();
  const working = new Map<string, Promise<void>>();
  const timers = new Map<string, { readonly timer: NodeJS.Timeout; readonly due: number }>();
  let stopped = false;
  /** When the first unit was taken up in this turn of the event loop. */
  let began: number | undefined;

  /** Whether this turn has time for another unit; what has to wait is taken up in the next one. */
  const hasTime = (): boolean => {
    if (began !== undefined) return now() - began < SLICE_MS;
    began = now();
    setImmediate(() => {
      began = undefined;
      pump();
    });
    return true;
  };
  const pump = (): void => {
    for (const unit of waiting) {
      if (stopped || working.size >= concurrency) return;
      if (working.has(unit)) continue;
      if (!hasTime()) return;
      waiting.delete(unit);
      cancel(unit);
      const done = work(unit).finally(() => {
        working.delete(unit);
        pump();
        if (!stopped && waiting.size === 0 && working.size === 0) onIdle();
      });
      working.set(unit, done);
    }
  };
  const cancel = (unit: string): void => {
    clearTimeout(timers.get(unit)?.timer);
    timers.delete(unit);
  };
  const add = (unit: string): void => {
    if (stopped) return;
    waiting.add(unit);
    pump();
  };

  return {
    add,
    addAfter(unit, ms) {
      const due = performance.now() + ms;
      const planned = timers.get(unit);
      if (stopped || (planned !== undefined && planned.due <= due)) return;
      cancel(unit);
      const timer = setTimeout(() => {
        timers.delete(unit);
        add(unit);
      }, ms);
      timers.set(unit, { timer, due });
    },
    depth: () => ({ waiting: waiting.size, working: working.size, later: timers.size }),
    isIdle: () => waiting.size === 0 && working.size === 0,
    async stop() {
      stopped = true;
      for (const { timer } of timers.values()) clearTimeout(timer);
      timers.clear();
      waiting.clear();
      await Promise.allSettled(working.values());
    },
  };
}
