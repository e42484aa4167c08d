import type { FleetState } from '../../http/schemas/answers.ts';
import type { Instance } from '../../http/schemas/instance.ts';

export type FleetCounts = Pick<FleetState, 'applied' | 'total'>;

/**
 * What a bot counts for in the fleet. A proposal is not on main: one that waits for weeks takes nothing from a bot that is
 * as main says, and a bot that is only proposed is none yet.
 */
export function countBot({ sync, revision, live_revision: live }: CountedBot): FleetCounts {
  const isOnMain = sync !== 'proposed' || revision !== null;
  const isApplied = sync === 'applied' || (sync === 'proposed' && live !== null && live === revision);
  return { applied: Number(isApplied), total: Number(isOnMain) };
}

export type CountedBot = Pick<Instance, 'sync' | 'revision' | 'live_revision'>;

export function countBots(bots: readonly CountedBot[]): FleetCounts {
  const counts = bots.map(countBot);
  const sum = (of: keyof FleetCounts): number => counts.reduce((all, each) => all + each[of], 0);
  return { applied: sum('applied'), total: sum('total') };
}
