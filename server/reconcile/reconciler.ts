import type { LiveView } from './view.ts';

/** The loop that keeps a cluster as main says. */
export interface Reconciler {
  /** Works until aborted; resolves within 5 s of that. Never rejects: trouble is in the view. */
  run(signal: AbortSignal): Promise<void>;
  /** Looks at main now and tries again what failed, without waiting for it. */
  reconcileNow(): void;
  /** Lets an offered cluster be written to. */
  accept(): void;
  readonly view: LiveView;
}
