import type { Applier } from '../../../constructs/schema/index.ts';
import type { Clock } from '../../lib/clock.ts';
import type { ClusterApi } from '../../cluster/api.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import type { DesiredUnit, PrunePermit } from '../desired/desired-state.ts';
import { createAdmissionChangers } from '../live/admission-changers.ts';
import { suspensionIn } from '../desired/suspension-in.ts';
import type { LiveIndex } from '../live/live-index.ts';
import type { LiveUnit } from '../live/live-unit.ts';
import { createStorageClasses, growingClasses } from '../live/storage-classes.ts';
import { compareUnit } from '../plan/external/compare-unit.ts';
import { planUnit } from '../plan/plan.ts';
import type { RemovalGate } from '../plan/removals/gate.ts';
import { hasWork, type UnitPlan } from '../plan/plan-types.ts';
import type { Fight } from '../status/observed.ts';
import type { UnitMemory } from '../status/unit-memory.ts';
import { Corrections } from './corrections.ts';

export interface UnitLooksOptions {
  readonly api: ClusterApi | null;
  /** Of Claworc itself. */
  readonly version: string;
  readonly clock: Clock;
  readonly namespace: () => string;
  readonly applier: () => Applier;
  readonly permit: () => PrunePermit;
  /** @default whatever main removes may go */
  readonly removals?: RemovalGate | undefined;
  readonly index: () => LiveIndex;
  /** @default planUnit */
  readonly plan?: typeof planUnit | undefined;
  /** Ends requests that are under way. */
  readonly signal: AbortSignal;
}

/** What one look at a unit finds. */
export interface Look {
  /** Objects that are fought over are left out of it. */
  readonly plan: UnitPlan;
  readonly live: LiveUnit;
  /** When what is fought over may be looked at again; undefined where nothing is. */
  readonly againInMs: number | undefined;
  readonly fights: readonly Fight[];
  /** Equal while no object of the unit changes. */
  readonly key: string;
}

export interface UnitLooks {
  /** Asks the cluster for what the plan depends on beside the unit's objects, if anything. */
  prepare(desired: DesiredUnit, memory: UnitMemory): Promise<void>;
  /** The plan as of now; made anew only when something that it depends on has changed. */
  look(desired: DesiredUnit, memory: UnitMemory): Look;
  /** What a look at the unit would find, without planning. */
  keyOf(desired: DesiredUnit): string;
  /** True where a volume can't grow because its class doesn't allow it, as far as is known. */
  waitsForClass(desired: DesiredUnit, seen: LiveUnit): boolean;
  /** An object was put right, brought back or removed. */
  noteCorrected(kind: string, name: string): void;
  /** What rests is put right at once. */
  forgetFights(fights: readonly Pick<Fight, 'kind' | 'name'>[]): void;
}

export function createUnitLooks(options: UnitLooksOptions): UnitLooks {
  const { api, version, clock, namespace, applier, permit, removals, index, plan: planOf = planUnit, signal } = options;
  const corrections = new Corrections();
  const classes = createStorageClasses(api, () => clock.now());
  const changers = createAdmissionChangers(api, () => clock.now());
  /** Equal while nothing changes that a plan is made from. */
  const planKey = (desired: DesiredUnit, seen: LiveUnit): string =>
    [
      versionsOf(seen),
      changers.version(),
      ...removalWords(desired, removals),
      ...growingClasses(desired, seen).map((name) => `${name}:${classes.expands(name)}`),
    ].join(' ');
  const lookKey = (key: string, { pods }: LiveUnit): string => `${key} ${pods.map(versionOf).join(' ')}`;

  const isExternal = (): boolean => applier() === 'external';
  const seenOf = (desired: DesiredUnit): LiveUnit =>
    isExternal() ? index().labelledUnit(desired) : index().unit(desired);

  const look = (desired: DesiredUnit, memory: UnitMemory): Look => {
    const seen = seenOf(desired);
    const key = planKey(desired, seen);
    const { planned } = memory;
    const isCurrent = planned?.key === key && (planned.permit ?? permit()) === permit() && memory.desired === desired;
    if (isExternal()) {
      const plan = isCurrent ? planned.plan : compareUnit(desired, seen);
      memory.planned = { key, permit: null, plan };
      return { plan, live: seen, fights: [], againInMs: undefined, key: lookKey(key, seen) };
    }
    const plan = isCurrent
      ? planned.plan
      : planOf(desired, seen, {
          namespace: namespace(),
          version,
          permit: permit(),
          ...(removals && { removals }),
          expands: classes.expands,
          changers: changers.of,
          secretsUsedElsewhere: () => index().secretsUsedBeside(desired.unit),
        });
    const leftovers = plan.actions.filter(({ desired: wanted }) => wanted === undefined);
    // Whether a Secret may go depends on other units too.
    const isAlone = leftovers.every(({ kind }) => kind !== 'Secret');
    // So may what lives be overwritten or not: a plan with nothing to write asks for no permit.
    const isPermitted = leftovers.length > 0 || hasWork(plan) || plan.state !== desired.state;
    memory.planned = isAlone ? { key, permit: isPermitted ? permit() : null, plan } : undefined;
    const restrained =
      plan.suspension === undefined
        ? corrections.restrain(plan, clock.now())
        : { plan, fights: [], againInMs: undefined };
    return { ...restrained, live: seen, key: lookKey(key, seen) };
  };

  return {
    look,
    async prepare(desired, memory) {
      if (isExternal() || suspensionIn(desired)?.mode === 'suspend') return;
      await classes.read(growingClasses(desired, index().unit(desired)), signal);
      if (look(desired, memory).plan.actions.some(({ isChangedOnTheWay }) => isChangedOnTheWay)) {
        await changers.read(namespace(), signal);
      }
    },
    keyOf(desired) {
      const seen = seenOf(desired);
      return lookKey(planKey(desired, seen), seen);
    },
    waitsForClass: (desired, seen) =>
      !isExternal() && growingClasses(desired, seen).some((name) => classes.expands(name) === false),
    noteCorrected: (kind, name) => corrections.note(kind, name, clock.now()),
    forgetFights: (fights) => corrections.forget(fights),
  };
}

/** What holds for the unit's removal, where main wants that. */
function removalWords(desired: DesiredUnit, removals: RemovalGate | undefined): readonly string[] {
  if (desired.state !== 'removed' || removals === undefined) return [];
  return (['bot', 'kept_data'] as const).map((kind) => removals(desired, kind)?.reason ?? 'may go');
}

const versionOf = (object: LiveObject | undefined): string =>
  object === undefined ? '-' : `${object.metadata.uid ?? ''}@${object.metadata.resourceVersion ?? ''}`;

const versionsOf = ({ objects, parent }: LiveUnit): string => [parent, ...objects.values()].map(versionOf).join(' ');
