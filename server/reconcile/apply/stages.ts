import { secretsOf } from '../desired/references.ts';
import { isManagedKind } from '../../cluster/resources.ts';
import { stageOf } from '../plan/order.ts';
import { isUnfinished, type ActionResult } from './outcome.ts';
import { unitOf } from '../desired/stamp.ts';
import { keyOf, type LiveUnit } from '../live/live-unit.ts';
import type { PlannedAction, UnitPlan } from '../plan/plan-types.ts';

/** Groups of actions that may run side by side, one group after the other. */
export function stagesOf(actions: readonly PlannedAction[]): readonly (readonly PlannedAction[])[] {
  const stages: PlannedAction[][] = [];
  let last: string | undefined;
  for (const action of actions) {
    const key = `${action.desired === undefined}:${stageOf(action.kind)}`;
    if (key === last) stages.at(-1)?.push(action);
    else stages.push([action]);
    last = key;
  }
  return stages;
}

/**
 * Why the changes of a stage have to wait, or undefined. A Deployment waits for its policy and for what its pod mounts,
 * but for no claim that is there and only can't be changed: its pod mounts it as it is. Nothing is deleted from a living unit before all else is in place; what a pod uses is touched when it has ended.
 */
export function findBlocker(
  plan: UnitPlan,
  stage: readonly PlannedAction[],
  results: readonly ActionResult[],
  live: LiveUnit,
): string | undefined {
  const [first] = stage;
  if (first === undefined) return undefined;
  if (plan.state === 'removed') return first.kind === 'Deployment' ? undefined : podBlocker(plan, results, live);
  if (first.desired !== undefined && first.kind !== 'Deployment') return undefined;
  const unfinished = results.filter(isUnfinished);
  const blocker =
    first.desired === undefined
      ? unfinished[0]
      : unfinished.find((result) => isNeededByPod(result.kind) && !isUsableClaim(result, plan.unit, live));
  return blocker === undefined ? undefined : `waits for ${blocker.kind} ${blocker.name}`;
}

/**
 * What an action's pods read from and the namespace lacks, in words. A pod that names a Secret which is not there never
 * starts, and under the strategy Recreate the one that runs would be gone already.
 */
export function findMissing(
  { desired }: PlannedAction,
  isThere: (kind: string, name: string) => boolean,
): string | undefined {
  if (desired === undefined) return undefined;
  const missing = [...secretsOf(desired.object)].filter((name) => !isThere('Secret', name));
  if (missing.length === 0) return undefined;
  const names = missing.map((name) => `Secret ${name}`).join(', ');
  return `waits for ${names}, which is not in the cluster: its pod could not start without`;
}

function podBlocker(plan: UnitPlan, results: readonly ActionResult[], live: LiveUnit): string | undefined {
  const deployment = plan.actions.find(({ kind, keptBy }) => kind === 'Deployment' && keptBy !== 'stranger')?.live;
  const isGone = results.some(({ kind, result }) => kind === 'Deployment' && result === 'pruned');
  if (deployment !== undefined && !isGone) return `waits until Deployment ${deployment.metadata.name} is gone`;
  const [pod] = live.pods;
  return pod === undefined ? undefined : `waits until pod ${pod.metadata.name} has ended`;
}

function isUsableClaim({ kind, name }: ActionResult, unit: string, live: LiveUnit): boolean {
  const claim = kind === 'PersistentVolumeClaim' ? live.objects.get(keyOf(kind, name)) : undefined;
  return claim !== undefined && claim.metadata.deletionTimestamp === undefined && unitOf(claim) === unit;
}

const isNeededByPod = (kind: string): boolean =>
  isManagedKind(kind) && stageOf(kind) <= stageOf('PersistentVolumeClaim');
