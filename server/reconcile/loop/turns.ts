export interface Turns {
  /** Has a turn taken soon: at once, or after the one that is under way. */
  ask(): void;
  stop(): void;
}

export interface TurnsOptions {
  /** Gives the milliseconds after which the next is due although nobody asks, or undefined. `isDue`: that time is over. */
  readonly take: (isDue: boolean) => Promise<number | undefined>;
  /** A turn that failed is taken again after what this gives. */
  readonly onError: (error: unknown) => number;
}

/** Takes turns one at a time; any number of questions during one make one more. */
export function createTurns({ take, onError }: TurnsOptions): Turns {
  let running = false;
  let isAsked = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const ask = (isDue = false): void => {
    if (stopped) return;
    if (running) {
      isAsked = true;
      return;
    }
    clearTimeout(timer);
    running = true;
    void take(isDue)
      .catch(onError)
      .then((againInMs) => {
        running = false;
        if (stopped) return;
        if (isAsked) {
          isAsked = false;
          ask();
        } else if (againInMs !== undefined) timer = setTimeout(ask, againInMs, true);
      });
  };
  return {
    ask: () => ask(),
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
