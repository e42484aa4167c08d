import type { FleetState } from '../../http/schemas/answers.ts';
import type { ShownRollout } from '../../reconcile/plan/rollout/shown-rollout.ts';

/** A rollout as the API tells it. */
export function rolloutStateOf(shown: ShownRollout | null): FleetState['rollout'] {
  if (shown === null) return null;
  const { target, from, phase, reason, ring, rings, counts, unhealthy, held, since, nextAt, sentence } = shown;
  const { healthy, pending, excused } = counts;
  const place = { target, from, phase, reason, ring, rings: [...rings] };
  return { ...place, healthy, pending, unhealthy: [...unhealthy], excused, held, since, next_at: nextAt, sentence };
}
