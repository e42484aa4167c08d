import type { RolloutSettings } from '../../../../constructs/schema/index.ts';
import { markOfBot, type RolloutState } from './rollout-state.ts';

/**
 * How a bot that has the change stands to it. `unknown`: nobody has looked, so that it can't be late either. `left_out`:
 * nobody brings it the change. `since`: healthy since when, ms; null where nobody says.
 */
export interface BotHealth {
  readonly unit: string;
  readonly health: 'healthy' | 'pending' | 'unhealthy' | 'unknown' | 'left_out';
  readonly since: number | null;
}

export interface RolloutFacts {
  readonly state: RolloutState;
  readonly settings: RolloutSettings;
  /** Bots by ring; none is empty. */
  readonly rings: readonly (readonly string[])[];
  /** Asked of the bots that have the change. */
  readonly healthOf: (unit: string) => BotHealth;
  /** Since when somebody brings the change to the newest ring, ms. @default since the ring began */
  readonly watchedSince?: number;
  readonly now: number;
}

/** How many bots of the rings that have the change are in each state; `excused` of them count for nothing. */
export interface RolloutCounts {
  readonly healthy: number;
  readonly pending: number;
  readonly unhealthy: number;
  readonly excused: number;
}

export interface RolloutStep {
  /** The very same where nothing is to be written. */
  readonly state: RolloutState;
  readonly counts: RolloutCounts;
  /** Bots that are unhealthy with the change and were not before, by name. */
  readonly unhealthy: readonly string[];
  /** When it has to be looked at again although nothing happens, ms; null where that isn't a matter of time. */
  readonly nextAt: number | null;
}

/** Whether the next ring begins, the rollout stops, or it waits. Pure. */
export function stepRollout(facts: RolloutFacts): RolloutStep {
  const { state, settings, rings, healthOf, now, watchedSince = state.since } = facts;
  const excused = new Set(state.excused);
  const began = Math.min(state.since, now);
  const deadline = Math.max(began, Math.min(watchedSince, now)) + settings.unhealthyAfterSeconds * 1000;
  const released = rings.slice(0, state.ring + 1).flat();
  const unhealthy: string[] = [];
  const counts = { healthy: 0, pending: 0, unhealthy: 0, excused: 0 };
  let settledSince = began;
  for (const unit of released) {
    const { health, since } = healthOf(unit);
    if (health === 'left_out' || (health !== 'healthy' && excused.has(markOfBot(unit)))) counts.excused++;
    else if (health === 'healthy') {
      counts.healthy++;
      settledSince = Math.max(settledSince, Math.min(since ?? began, now));
    } else if (health === 'unhealthy' || (health === 'pending' && now >= deadline)) {
      counts.unhealthy++;
      unhealthy.push(unit);
    } else counts.pending++;
  }
  const told = { counts, unhealthy };
  const stay = (nextAt: number | null): RolloutStep => ({ state, ...told, nextAt });
  if (state.phase !== 'running') return stay(null);
  if (unhealthy.length > settings.maxUnhealthy) {
    const reason = stopReason(unhealthy, settings.maxUnhealthy);
    return { state: { ...state, phase: 'stopped', reason }, ...told, nextAt: null };
  }
  if (counts.pending > 0) return stay(now < deadline ? deadline : null);
  const settledAt = settledSince + settings.settleSeconds * 1000;
  if (now < settledAt) return stay(settledAt);
  const next = { ...state, since: Math.floor(now / 1000) * 1000 };
  if (state.ring + 1 >= rings.length) return { state: { ...next, phase: 'done' }, ...told, nextAt: null };
  return { state: { ...next, ring: state.ring + 1 }, ...told, nextAt: now };
}

const TOLD = 5;

function stopReason(unhealthy: readonly string[], most: number): string {
  const named = unhealthy.slice(0, TOLD).join(', ');
  const rest = unhealthy.length > TOLD ? ` and ${unhealthy.length - TOLD} more` : '';
  const bots = unhealthy.length === 1 ? '1 bot is' : `${unhealthy.length} bots are`;
  return `${bots} unhealthy with the change (${named}${rest}), and ${most === 0 ? 'none' : `${most} at most`} may be`;
}
