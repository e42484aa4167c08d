import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { KeptMarks } from '../../reconcile/desired/renderings.ts';
import type { Store } from '../../store/open-store.ts';
import { listRenderings, putRendering, removeOrphanRenderings, removeRendering } from '../../store/renderings.ts';

/** Marks wait this long for others, so that a push of thousands is written down in a few transactions. */
const GATHER_MS = 1_000;
/** Marks of one transaction: a few milliseconds. */
const BATCH = 500;

export interface MarksKeeper extends KeptMarks {
  /** Writes down what still waits. */
  close(): void;
}

/** Keeps in the database what is known to be rendered right, so that the next start renders only what came since. */
export function keepMarks({ store, log }: { readonly store: Store; readonly log: Log }): MarksKeeper {
  const waiting = new Map<string, string | null>();
  let timer: NodeJS.Timeout | undefined;
  const writeSome = (): void => {
    const batch = [...waiting].slice(0, BATCH);
    for (const [unit] of batch) waiting.delete(unit);
    store.transact((tx) =>
      batch.forEach(([unit, mark]) => (mark === null ? removeRendering(tx, unit) : putRendering(tx, unit, mark))),
    );
  };
  const attempt = (write: () => void): void => {
    try {
      write();
    } catch (error) {
      // Nothing depends on it: what isn't kept is rendered again.
      waiting.clear();
      log.warn('What was rendered could not be written down', { error: messageOf(error) });
    }
  };
  const arm = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      attempt(writeSome);
      if (waiting.size > 0) arm();
    }, GATHER_MS).unref();
  };
  store.transact(removeOrphanRenderings);
  return {
    known: listRenderings(store.reader),
    keep: (unit, mark) => {
      waiting.set(unit, mark);
      arm();
    },
    drop: (unit) => {
      waiting.set(unit, null);
      arm();
    },
    close: () => {
      clearTimeout(timer);
      attempt(() => {
        while (waiting.size > 0) writeSome();
      });
    },
  };
}
