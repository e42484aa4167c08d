import type { Applier } from '../../../constructs/schema/index.ts';
import { recordPath, tombstonePath } from '../../../constructs/repo/paths.ts';
import type { DesiredUnit } from './desired-state.ts';

/** A unit that main doesn't name: it stays as it is, and that is said with what to do. */
export function strayUnit(unit: string, applier: Applier = 'claworc'): DesiredUnit {
  if (applier === 'external') {
    const reason = `objects of ${unit} live in the cluster, and main has neither a record nor a tombstone of ${unit}: its applier has not removed them`;
    return { unit, state: 'held', reason };
  }
  const reason =
    `objects of ${unit} live in the cluster, and main has neither a record nor a tombstone of ${unit}: ` +
    `nothing of it is changed or removed. Commit ${recordPath(unit)} to keep it, or ${tombstonePath(unit)} to let it go`;
  return { unit, state: 'held', reason };
}
