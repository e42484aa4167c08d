import type { KubeObject } from '../../../constructs/kube-object.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { pause } from '../../cluster/retry.ts';
import { applyObject, type NotOurs, type ObjectApplied } from './apply-object.ts';
import type { ExecuteOptions } from './execute-options.ts';
import { findPortClash, type PortClash } from './port-clash.ts';

/** The API server frees a port a moment after the Service that had it was written. */
const PAUSES_MS = [0, 50, 200];

/**
 * Applies an object, and says who has the node port where that is why it was refused. A port that no Service shows was
 * given back since, or is about to be: it is asked for again, for a quarter of a second.
 */
export async function applyPastClash(
  options: ExecuteOptions,
  object: KubeObject,
  live: LiveObject | undefined,
  notOurs: NotOurs = {},
): Promise<{ readonly applied: ObjectApplied; readonly clash?: PortClash }> {
  for (let look = 0; ; look++) {
    const applied = await applyObject(options, object, live, notOurs);
    const clash = applied.ok ? undefined : await findPortClash(applied.failure, options);
    if (clash === undefined) return { applied };
    const ms = PAUSES_MS[look];
    if (clash.holder !== null || ms === undefined) return { applied, clash };
    await pause(ms, options.signal);
  }
}
