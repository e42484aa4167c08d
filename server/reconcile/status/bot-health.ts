import type { BotHealth } from '../plan/rollout/step-rollout.ts';
import type { ObservedUnit } from './observed.ts';

/**
 * How a bot that has a change of the fleet stands to it. `isAbout`: the commit that it was observed for; while that is
 * another than `main`, or it is held back still, nothing of it is known.
 */
export function botHealth(
  unit: string,
  seen: ObservedUnit | undefined,
  isAbout: string | null,
  main: string,
): BotHealth {
  const tell = (health: BotHealth['health'], since: string | null = null): BotHealth => ({
    ...{ unit, health },
    since: since === null ? null : Date.parse(since),
  });
  if (seen === undefined || isAbout !== main || seen.heldBack !== null) return tell('unknown');
  // Nobody brings the change to it, so that it can't be waited for.
  if (seen.suspension !== null || seen.held !== null || seen.leaving !== null) return tell('left_out');
  if (seen.sync === 'failed' || seen.status === 'error') return tell('unhealthy');
  if (seen.sync === 'published') return tell('pending');
  if (seen.wish === 'stopped') return seen.status === 'stopped' ? tell('healthy') : tell('pending');
  return seen.status === 'running' ? tell('healthy', seen.healthyAt) : tell('pending');
}
