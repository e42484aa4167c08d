import { FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import { EVENTS } from '../../cluster/resources.ts';
import { strayUnit } from '../desired/stray-unit.ts';
import { EventIndex } from '../live/event-index.ts';
import { lastCommit } from '../plan/lineage.ts';
import type { ShownRollout } from '../plan/rollout/shown-rollout.ts';
import { conditionsOf, type BotCondition, type ConditionType } from '../status/conditions.ts';
import { observeUnit } from '../status/observed-unit.ts';
import type { UnitStatus, UnitSync } from '../status/observed.ts';
import { newMemory } from '../status/unit-memory.ts';
import { planRepo, type PlanRepoOptions } from './plan-repo.ts';
import { notesOf } from './report.ts';

/** One unit as the cluster has it, against a commit. */
export interface UnitStanding {
  readonly unit: string;
  readonly sync: UnitSync;
  /** What the sync word means here, in words; empty where it is applied. */
  readonly reason: string;
  /** Null for what the fleet shares, which has nothing that could run. */
  readonly status: UnitStatus | null;
  readonly statusReason: string;
  readonly conditions: readonly BotCondition[];
  /** When something of it was applied last, UTC ISO 8601; null where nothing was. */
  readonly appliedAt: string | null;
}

/** A fleet as the cluster has it, against a commit: what `claworc status --json` prints. */
export interface FleetStanding {
  readonly commit: string;
  /** The commit that the cluster was brought to last; null where it names none. */
  readonly runs: string | null;
  readonly context: string;
  readonly server: string;
  /** Null: claworc.yaml is missing or broken. */
  readonly namespace: string | null;
  /** `ready`: every unit is. `failed`: of one something failed, is held, or is in error. `not_yet`: anything else. */
  readonly result: 'ready' | 'not_yet' | 'failed';
  /** A change of the fleet that goes from ring to ring; null where none does. */
  readonly rollout: ShownRollout | null;
  /** What holds for the whole fleet. */
  readonly notes: readonly string[];
  readonly units: readonly UnitStanding[];
}

const NOT_YET = 'main has it, and it is not applied';

/** Reads the cluster once and writes nothing. Throws as `planRepo` does. */
export async function statusOfRepo(options: PlanRepoOptions, now: number): Promise<FleetStanding> {
  const plan = await planRepo(options);
  const { commit, context, server, namespace, desired, index, isExternal } = plan;
  const events = new EventIndex();
  if (namespace !== null) {
    // Where events may not be read, why a pod does not come up is told less well; nothing else depends on them.
    const listed = await options.api.list(EVENTS, namespace, { ...(options.signal && { signal: options.signal }) });
    if (listed.ok) events.replace(listed.value.items);
  }
  const units = plan.units.map((unitPlan): UnitStanding => {
    const { unit } = unitPlan;
    const wanted = desired.units.get(unit) ?? strayUnit(unit, isExternal ? 'external' : 'claworc');
    const live = isExternal ? index.labelledUnit(wanted) : index.unit(wanted);
    const seen = observeUnit({
      ...{ desired: wanted, plan: unitPlan, live, events: events.of(unit), memory: newMemory(), blocked: NOT_YET, now },
    });
    const { sync, reason, appliedAt } = seen;
    const isBot = unit !== FLEET_UNIT;
    const [status, statusReason] = isBot ? [seen.status, seen.statusReason] : [null, ''];
    const conditions = conditionsOf(seen, { state: 'connected', detail: '' });
    return { unit, sync, reason, status, statusReason, conditions, appliedAt };
  });
  const notes = notesOf(plan);
  const rollout = plan.rollout?.shown ?? null;
  const runs = lastCommit(index) ?? null;
  return { commit, runs, context, server, namespace, result: resultOf(units, notes), rollout, notes, units };
}

function resultOf(units: readonly UnitStanding[], notes: readonly string[]): FleetStanding['result'] {
  if (units.some(({ sync, status }) => sync === 'failed' || status === 'error')) return 'failed';
  return notes.length === 0 && units.every((unit) => holds(unit, 'Ready')) ? 'ready' : 'not_yet';
}

const holds = ({ conditions }: UnitStanding, wanted: ConditionType): boolean =>
  conditions.some(({ type, status }) => type === wanted && status === 'True');
