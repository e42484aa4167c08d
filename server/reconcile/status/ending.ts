import type { LiveObject } from '../../cluster/live-object.ts';
import { findCondition, podStatus } from '../live/live-shapes.ts';
import { nodeOf } from '../live/pods.ts';
import { kubectl, type Trouble } from './trouble.ts';

/** A node that answers has ended a pod long before. */
export const PAST_GRACE_MS = 30_000;

/** When an object that was asked to end should long be gone. */
export function overdueAt({ metadata }: LiveObject): number | undefined {
  return metadata.deletionTimestamp === undefined ? undefined : Date.parse(metadata.deletionTimestamp) + PAST_GRACE_MS;
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

/** Why an object that isn't a pod is still there long after its deletion. */
export function overdueObject({ kind, metadata }: LiveObject): Trouble {
  const { name, deletionTimestamp = '', finalizers = [] } = metadata;
  const holders = finalizers.join(', ') || 'the cluster';
  return {
    cause: 'Its removal does not end',
    seen: `${kind} ${name} was to be gone at ${deletionTimestamp}; ${holders} holds it`,
    next: `See that what set ${holders} runs and lets it go.`,
    repair: 'none',
    command: kubectl({ metadata }, 'describe', kind.toLowerCase(), name),
  };
}

/** What helps a pod on a node that is silent; the command is `kubectl delete pod --force`. */
export function forceAdvice(pod: LiveObject): string {
  return (
    `Bring ${nodeOf(pod)} back, then it goes on by itself. Only if the node is off for good, kubectl delete pod --force ` +
    'lets another pod take over; with the node still running, two bots would write to the same volumes.'
  );
}
