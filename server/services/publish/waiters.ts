/** Lets callers wait for something that is told by name, with a time limit. */
export interface Waiters {
  /** True when `id` was told in time. */
  wait(id: string, timeoutMs: number): Promise<boolean>;
  tell(id: string): void;
}

export function createWaiters(): Waiters {
  const waiting = new Map<string, Set<() => void>>();
  return {
    wait: (id, timeoutMs) =>
      new Promise((resolve) => {
        const callbacks = waiting.get(id) ?? new Set();
        waiting.set(id, callbacks);
        const end = (wasTold: boolean): void => {
          clearTimeout(timer);
          callbacks.delete(told);
          if (callbacks.size === 0) waiting.delete(id);
          resolve(wasTold);
        };
        const told = (): void => end(true);
        const timer = setTimeout(() => end(false), timeoutMs);
        callbacks.add(told);
      }),
    tell: (id) => {
      for (const told of [...(waiting.get(id) ?? [])]) told();
    },
  };
}
