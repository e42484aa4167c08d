import { nullable } from './common.ts';
import { RemovalsSchema } from './removals.ts';
import { RewindSchema } from './rewind.ts';
import { RolloutStateSchema } from './rollout.ts';

/** What of a fleet waits for a person, its turn or other bots. */
export const WAITING_FIELDS = {
  removals: nullable(RemovalsSchema),
  rollout: nullable(RolloutStateSchema),
  rewind: nullable(RewindSchema),
};
