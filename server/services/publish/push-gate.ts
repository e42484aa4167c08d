import { createWaiters } from './waiters.ts';

/** Lets those who push here wait while an edit that lost against one of them gets its turn. */
export interface PushGate {
  close(): void;
  open(): void;
  /** At once where it is open; else when it opens, but after `LONGEST_MS` in any case. */
  pass(): Promise<void>;
}

/** An edit is on main long before; a push waits no longer where it never gets there. */
const LONGEST_MS = 5_000;

export function createPushGate(): PushGate {
  const waiting = createWaiters();
  let isClosed = false;
  return {
    close: () => {
      isClosed = true;
    },
    open: () => {
      isClosed = false;
      waiting.tell('open');
    },
    pass: async () => {
      if (isClosed) await waiting.wait('open', LONGEST_MS);
    },
  };
}
