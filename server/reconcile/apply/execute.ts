import { isTransient, type ApiFailure } from '../../cluster/errors.ts';
import { suspensionWords } from '../../../constructs/schema/index.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { MANAGED_RESOURCES } from '../../cluster/resources.ts';
import type { KubeObject } from '../../../constructs/kube-object.ts';
import { PARENT_FIELD_MANAGER } from '../plan/applyset.ts';
import type { ExecuteOptions } from './execute-options.ts';
import { carryOut } from './carry-out.ts';
import { openSecrets } from './open-secret.ts';
import { isRefused, resultOf, type ActionResult, type UnitOutcome } from './outcome.ts';
import { hasWork, isChange, type PlannedAction, type UnitPlan } from '../plan/plan-types.ts';
import { findBlocker, findMissing, stagesOf } from './stages.ts';

/**
 * Carries out the plan of one unit. Expected trouble is in the outcome; it rejects only when aborted. Interrupted at
 * any point, the next plan goes on from what is there.
 */
export async function executeUnit(plan: UnitPlan, options: ExecuteOptions): Promise<UnitOutcome> {
  const { unit, parent } = plan;
  const held = (reason: string): UnitOutcome => ({
    unit,
    state: 'held',
    reason,
    results: plan.actions.map((action) => resultOf(action, 'skipped', { reason })),
    warnings: [],
    wrote: false,
    retryable: false,
  });
  if (plan.state === 'held') return held(plan.reason);
  if (plan.suspension !== undefined && hasWork(plan)) {
    return { ...held(suspensionWords(plan.suspension)), isSuspended: true };
  }
  if (parent.action === 'conflict') return held(parent.reason);
  const opened = await openSecrets(plan.actions, options.open);
  if (!opened.ok) return held(opened.reason);

  const warnings = new Set<string>();
  if (parent.action === 'write') {
    const failure = await writeParent(parent.object, options);
    if (failure !== undefined) {
      const reason = `ApplySet ${parent.object.metadata.name}: ${failure.message}`;
      const results = plan.actions.map((action) => resultOf(action, 'skipped', { reason }));
      const retryable = isRetryable(failure);
      return { unit, state: 'failed', reason, results, warnings: [], wrote: false, retryable, failure };
    }
  }

  const results: ActionResult[] = [];
  for (const stage of stagesOf(plan.actions)) {
    const blocker = findBlocker(plan, stage, results, options.live);
    const missing = (action: PlannedAction): string | undefined => findMissing(action, options.isThere);
    const running = stage.map((action) => {
      const reason = isChange(action) ? (blocker ?? missing(action)) : undefined;
      if (reason !== undefined) {
        return Promise.resolve(resultOf(action, 'waiting', { reason, isMissing: blocker === undefined }));
      }
      return carryOut(action, unit, opened.objects.get(action), options, warnings);
    });
    results.push(...(await Promise.all(running)));
  }
  if (parent.action === 'prune') await pruneParent(parent.live, options);
  return summarize(plan, results, warnings);
}

async function writeParent(
  object: KubeObject,
  { api, namespace, sink, signal }: ExecuteOptions,
): Promise<ApiFailure | undefined> {
  const written = await api.apply(MANAGED_RESOURCES.ConfigMap, namespace, object, {
    fieldManager: PARENT_FIELD_MANAGER,
    ...(signal && { signal }),
  });
  if (!written.ok) return written.failure;
  sink.put(written.value.object);
  return undefined;
}

/** A parent that can't be deleted now is found again by the next plan. */
async function pruneParent(parent: LiveObject, { api, namespace, sink, signal }: ExecuteOptions): Promise<void> {
  const { name, uid = '', resourceVersion = '' } = parent.metadata;
  const removed = await api.remove(MANAGED_RESOURCES.ConfigMap, namespace, name, {
    preconditions: { uid, resourceVersion },
    propagation: 'Background',
    ...(signal && { signal }),
  });
  if (removed.ok || removed.failure.type === 'not_found') sink.remove(parent);
}

function summarize(plan: UnitPlan, results: readonly ActionResult[], warnings: ReadonlySet<string>): UnitOutcome {
  const failed = results.filter(isRefused);
  const skipped =
    plan.state === 'present'
      ? results.filter(({ result, kind, name }) => result === 'skipped' && isDesired(plan, kind, name))
      : [];
  const waiting = results.filter(({ result }) => result === 'waiting');
  const state = failed.length > 0 || skipped.length > 0 ? 'failed' : waiting.length > 0 ? 'waiting' : 'done';
  const told = failed.length > 0 || skipped.length > 0 ? [...failed, ...skipped] : waiting;
  const reasons = [
    ...new Set(told.map(({ kind, name, reason }) => (state === 'waiting' ? reason : `${kind} ${name}: ${reason}`))),
  ];
  return {
    unit: plan.unit,
    state,
    reason: reasons.join('; '),
    results,
    warnings: [...warnings],
    wrote: plan.parent.action === 'write' || results.some(isWrite),
    retryable: told.every(({ failure, result, conflicts }) =>
      failure === undefined ? result !== 'conflict' && conflicts.length === 0 : isRetryable(failure),
    ),
  };
}

const isDesired = (plan: UnitPlan, kind: string, name: string): boolean =>
  plan.actions.some((action) => action.desired !== undefined && action.kind === kind && action.name === name);

const WRITES: ReadonlySet<ActionResult['result']> = new Set([
  'created',
  'configured',
  'replaced',
  'retained',
  'pruned',
]);

const isWrite = ({ result, isInPlace = false, gaveBack }: ActionResult): boolean =>
  WRITES.has(result) || (result === 'failed' && isInPlace) || gaveBack !== undefined;

const isRetryable = (failure: ApiFailure): boolean =>
  isTransient(failure) || failure.type === 'stale' || failure.type === 'exists';
