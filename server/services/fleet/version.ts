import { createHash } from 'node:crypto';
import type { AppContext } from '../app-context.ts';

/**
 * A short text that is another one as soon as any row of the fleet may look different, at the price of a few counters.
 * It may change without a row that does; never the other way round. No two processes share one.
 */
export function fleetVersionOf({ startedAt, store, cluster, freshness }: AppContext): string {
  const { observed } = cluster;
  const { lastSeen: _, ...connection } = observed.connection();
  const parts = [
    startedAt,
    store.changes(),
    observed.changes(),
    freshness.changes(),
    observed.commit(),
    JSON.stringify(connection),
  ];
  return createHash('sha1').update(parts.join(' ')).digest('base64url');
}
