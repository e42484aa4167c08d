import { FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import type { ObservedConnection, ObservedUnit, UnitStatus, UnitSync } from './observed.ts';

export type ConditionType = 'Ready' | 'Synced' | 'Healthy' | 'Held';

/** One answer about a bot, in the shape that conditions of Kubernetes objects have. */
export interface BotCondition {
  readonly type: ConditionType;
  /** `Unknown`: the cluster doesn't say. */
  readonly status: 'True' | 'False' | 'Unknown';
  /** One word for programs. */
  readonly reason: string;
  /** For people; empty where the word says it all. */
  readonly message: string;
  /** Since when, UTC ISO 8601; null where that is not known, as of what was so before this process began. */
  readonly since: string | null;
}

const SYNC_REASONS = {
  applied: 'Applied',
  published: 'NotAppliedYet',
  drifted: 'Drifted',
  failed: 'Failed',
} as const satisfies Record<UnitSync, string>;
const STATUS_REASONS = {
  creating: 'Creating',
  running: 'Running',
  stopped: 'Stopped',
  error: 'Error',
} as const satisfies Record<UnitStatus, string>;

/**
 * What can be asked of a bot, in this order: `Ready` (it is as main says, and does what main wants of it), `Synced` (its
 * objects are as main says), `Healthy` (it runs, or is stopped as main wants it), `Held` (nothing of it is applied). What the fleet
 * shares has nothing that could run, and is not asked for its health.
 */
export function conditionsOf(
  unit: ObservedUnit,
  { state, detail }: Pick<ObservedConnection, 'state' | 'detail'>,
): readonly BotCondition[] {
  const held = heldOf(unit);
  const asked: readonly ConditionType[] = unit.unit === FLEET_UNIT ? ['Synced'] : ['Synced', 'Healthy'];
  if (state === 'none' || state === 'unreachable') {
    const unknown = { status: 'Unknown', reason: 'ClusterNotSeen', message: detail, since: null } as const;
    return [...(['Ready', ...asked] as const).map((type) => ({ type, ...unknown })), held];
  }
  const found = asked.map((type) => (type === 'Synced' ? syncedOf(unit) : healthyOf(unit)));
  return [readyOf(...found), ...found, held];
}

function syncedOf({ sync, reason, syncSince, leaving }: ObservedUnit): BotCondition {
  if (leaving !== null)
    return { type: 'Synced', status: 'False', reason: 'Leaving', message: leaving.waitsFor, since: null };
  const status = sync === 'applied' ? 'True' : 'False';
  return { type: 'Synced', status, reason: SYNC_REASONS[sync], message: reason, since: syncSince };
}

function healthyOf({ status, statusReason, wish, since }: ObservedUnit): BotCondition {
  const isWell = status === 'running' || (status === 'stopped' && wish !== 'running');
  return {
    type: 'Healthy',
    status: isWell ? 'True' : 'False',
    reason: STATUS_REASONS[status],
    message: statusReason,
    since,
  };
}

function heldOf({ held, sync, syncSince }: ObservedUnit): BotCondition {
  if (held === null) return { type: 'Held', status: 'False', reason: 'NotHeld', message: '', since: null };
  return { type: 'Held', status: 'True', reason: 'Held', message: held, since: sync === 'failed' ? syncSince : null };
}

/** Names what is missing first; where nothing is, it holds since the later of both. */
function readyOf(...needed: readonly BotCondition[]): BotCondition {
  const missing = needed.find(({ status }) => status !== 'True');
  if (missing !== undefined) return { ...missing, type: 'Ready' };
  const times = needed.map(({ since }) => since);
  const latest = times.includes(null) ? null : (times.toSorted().at(-1) ?? null);
  return { type: 'Ready', status: 'True', reason: 'Ready', message: '', since: latest };
}
