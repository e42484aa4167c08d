import { pause } from '../../cluster/retry.ts';

export interface LoopParts {
  readonly resyncMs: number;
  /** Looks at everything once. */
  readonly onResync: () => void;
  /** Takes nothing up any more. */
  readonly stop: () => void;
  /** Resolves when what is under way has ended. */
  readonly ended: () => Promise<void>;
  /** Ends requests that are under way. */
  readonly hardStop: AbortController;
}

const GRACE_MS = 4_000;

/** Keeps a loop going until it is aborted, and then gives what is under way a moment. */
export async function runUntil(signal: AbortSignal, parts: LoopParts): Promise<void> {
  const { resyncMs, onResync, stop, hardStop } = parts;
  const timer = setInterval(onResync, resyncMs);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  clearInterval(timer);
  stop();
  const ended = parts.ended();
  await Promise.race([ended, pause(GRACE_MS, hardStop.signal)]);
  hardStop.abort(new Error('stopped'));
  await ended;
}
