import type { LiveObject } from '../../cluster/live-object.ts';
import type { ClusterEvent } from '../live/cluster-event.ts';
import { findCondition, podSpec, podStatus } from '../live/live-shapes.ts';
import { nodeOf } from '../live/pods.ts';
import { kubectl, type Trouble } from './trouble.ts';

/** Since when a pod isn't ready; undefined when it is, or before its node has spoken. */
export function notReadySince(pod: LiveObject): string | undefined {
  const { conditions } = podStatus(pod);
  const ready = findCondition(conditions, 'Ready', 'False') ?? findCondition(conditions, 'Ready', 'Unknown');
  return ready?.lastTransitionTime;
}

/** The trouble of a pod, at work or ending, whose node the cluster no longer hears of. */
export function nodeTrouble(pod: LiveObject, events: readonly ClusterEvent[]): Trouble | undefined {
  const since = notReadySince(pod);
  if (since === undefined || !isNodeLost(pod, since, events)) return undefined;
  return {
    cause: `${capitalize(nodeOf(pod))} does not answer`,
    seen: `pod ${pod.metadata.name} on ${nodeOf(pod)} is not ready since ${since}, and its node has not said why`,
    next: forceAdvice(pod),
    repair: 'node',
    command: kubectl(pod, 'delete', 'pod', pod.metadata.name, '--force', '--grace-period=0'),
  };
}

/** What helps a pod on a node that is silent; the command is `kubectl delete pod --force`. */
export function forceAdvice(pod: LiveObject): string {
  return (
    `Bring ${nodeOf(pod)} back, then it goes on by itself. Only if the node is off for good, kubectl delete pod --force ` +
    'lets another pod take over; with the node still running, two bots would write to the same volumes.'
  );
}

/**
 * A node that is lost can't speak for its pods: the cluster marks them as not ready while their containers, as last
 * reported, are.
 */
function isNodeLost(pod: LiveObject, since: string, events: readonly ClusterEvent[]): boolean {
  const { conditions, containerStatuses = [], phase, reason } = podStatus(pod);
  if (phase === 'Unknown' || reason === 'NodeLost') return true;
  const isTold = events.some(
    ({ kind, name, reason: what, at }) =>
      kind === 'Pod' && name === pod.metadata.name && what === 'NodeNotReady' && near(at, since),
  );
  if (isTold) return true;
  const isGated = (podSpec(pod).readinessGates ?? []).length > 0;
  const together = conditions?.find(({ type }) => type === 'ContainersReady');
  const areReady =
    together === undefined
      ? containerStatuses.length > 0 && containerStatuses.every(({ ready }) => ready === true)
      : together.status === 'True';
  return !isGated && areReady;
}

const near = (a: string, b: string): boolean => Math.abs(Date.parse(a) - Date.parse(b)) < 60_000;

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
