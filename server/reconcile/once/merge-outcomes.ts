import type { ActionResult, UnitOutcome } from '../apply/outcome.ts';
import { keyOf } from '../live/live-unit.ts';

/** Two passes over one unit told as one: what was written stays told, and the later pass has the last word on the rest. */
export function mergeOutcomes(earlier: UnitOutcome | undefined, later: UnitOutcome): UnitOutcome {
  if (earlier === undefined) return later;
  const results = new Map<string, ActionResult>();
  for (const result of [...earlier.results.filter(isSettled), ...later.results]) {
    const key = keyOf(result.kind, result.name);
    if (addsTo(results.get(key), result)) results.set(key, result);
  }
  return {
    ...later,
    results: [...results.values()].map((result) => (isOver(result, later) ? { ...result, result: 'pruned' } : result)),
    warnings: [...new Set([...earlier.warnings, ...later.warnings])],
    wrote: earlier.wrote || later.wrote,
  };
}

/** A later pass skips what the earlier one deleted and is not gone yet: it still waits. */
function addsTo(known: ActionResult | undefined, { result }: ActionResult): boolean {
  if (known === undefined) return true;
  return result !== 'unchanged' && !(result === 'skipped' && known.result === 'waiting');
}

/** A failure, a conflict or a skip is for the later pass to tell again, if it is still true. */
function isSettled({ result }: ActionResult): boolean {
  return result !== 'failed' && result !== 'conflict' && result !== 'skipped';
}

/** An object whose deletion was waited for and that the later pass no longer finds. */
function isOver({ result, kind, name }: ActionResult, later: UnitOutcome): boolean {
  const seen = later.results.some((other) => other.kind === kind && other.name === name);
  return result === 'waiting' && !seen;
}
