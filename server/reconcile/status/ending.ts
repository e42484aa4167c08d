import type { LiveObject } from '../../cluster/live-object.ts';
import { findCondition, podStatus, templateOf } from '../live/live-shapes.ts';
import { nodeOf } from '../live/pods.ts';
import { forceAdvice } from './node-lost.ts';
import { kubectl, type Trouble } from './trouble.ts';

/** A node that answers has ended a pod long before. */
export const PAST_GRACE_MS = 30_000;

/** When an object that was asked to end should long be gone. A Deployment goes after its pod, which has its own grace. */
export function overdueAt(object: LiveObject): number | undefined {
  const { deletionTimestamp } = object.metadata;
  if (deletionTimestamp === undefined) return undefined;
  const { terminationGracePeriodSeconds = 0 } = templateOf(object).spec ?? {};
  return Date.parse(deletionTimestamp) + terminationGracePeriodSeconds * 1000 + PAST_GRACE_MS;
}

export function isOverdue(object: LiveObject, now: number): boolean {
  const at = overdueAt(object);
  return at !== undefined && at <= now;
}

/** Why a pod has not ended although its grace period is over. */
export function overduePod(pod: LiveObject): Trouble {
  const { name, deletionTimestamp = '', finalizers = [] } = pod.metadata;
  const disruption = findCondition(podStatus(pod).conditions, 'DisruptionTarget', 'True')?.message;
  const late = `pod ${name} on ${nodeOf(pod)} was to be gone at ${deletionTimestamp}`;
  if (finalizers.length > 0) {
    return {
      cause: 'Old pod does not end',
      seen: `${late}; ${finalizers.join(', ')} holds it`,
      next: `See that what set ${finalizers.join(', ')} runs and lets the pod go, and that ${nodeOf(pod)} answers.`,
      repair: 'node',
      command: kubectl(pod, 'describe', 'pod', name),
    };
  }
  return {
    cause: `Old pod does not end: ${nodeOf(pod)} does not answer`,
    seen: disruption === undefined ? late : `${late} (${disruption})`,
    next: forceAdvice(pod),
    repair: 'node',
    command: kubectl(pod, 'delete', 'pod', name, '--force', '--grace-period=0'),
  };
}

/** Taken away by the cluster itself, when all that belongs to an object is gone. */
const COLLECTORS = 'foregroundDeletion';

/** Why an object that isn't a pod is still there long after its deletion. */
export function overdueObject({ kind, metadata }: LiveObject): Trouble {
  const { name, deletionTimestamp = '', finalizers = [] } = metadata;
  const holders = finalizers.filter((finalizer) => finalizer !== COLLECTORS).join(', ');
  return {
    cause: 'Its removal does not end',
    seen: `${kind} ${name} is to go since ${deletionTimestamp}; ${holders || 'the garbage collector of the cluster'} holds it`,
    next:
      holders === ''
        ? 'See that the controller manager of the cluster runs: it removes what belongs to it first, then it goes.'
        : `See that what set ${holders} runs and lets it go.`,
    repair: 'none',
    command: kubectl({ metadata }, 'describe', kind.toLowerCase(), name),
  };
}
