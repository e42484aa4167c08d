export interface Semaphore {
  /** Runs `task` when a place is free; first come, first served. Rejects with the signal's reason while still waiting. */
  run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** True while every place is taken. */
  isFull(): boolean;
}

interface Waiter {
  readonly enter: () => void;
}

/** At most `places` tasks at once. A number that changes counts from the next task that ends, or that comes. */
export function createSemaphore(places: number | (() => number)): Semaphore {
  const most = typeof places === 'number' ? () => places : places;
  let taken = 0;
  const waiting = new Set<Waiter>();

  const leave = (): void => {
    taken--;
    for (const next of waiting) {
      if (taken >= most()) return;
      waiting.delete(next);
      taken++;
      next.enter();
    }
  };

  const enter = (signal: AbortSignal | undefined): Promise<void> => {
    if (taken < most()) {
      taken++;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        waiting.delete(waiter);
        reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
      };
      const waiter: Waiter = {
        enter: () => {
          signal?.removeEventListener('abort', giveUp);
          resolve();
        },
      };
      waiting.add(waiter);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  };

  return {
    isFull: () => taken >= most(),
    async run(task, signal) {
      signal?.throwIfAborted();
      await enter(signal);
      try {
        return await task();
      } finally {
        leave();
      }
    },
  };
}
