import type { LiveObject } from '../../cluster/live-object.ts';
import type { ClusterEvent } from '../live/cluster-event.ts';
import { findCondition, podSpec, podStatus, type ContainerStatus } from '../live/live-shapes.ts';
import { containerOf, nodeOf } from '../live/pods.ts';
import { forceAdvice } from './ending.ts';
import { kubectl, type Trouble } from './trouble.ts';

/** Since when a pod isn't ready; undefined when it is, or before its node has spoken. */
export function notReadySince(pod: LiveObject): string | undefined {
  const { conditions } = podStatus(pod);
  const ready = findCondition(conditions, 'Ready', 'False') ?? findCondition(conditions, 'Ready', 'Unknown');
  return ready?.lastTransitionTime;
}

/** Why a pod that was ready isn't any more, with its container running; undefined for one that never was, or is. */
export function readinessTrouble(
  pod: LiveObject,
  name: string | undefined,
  events: readonly ClusterEvent[],
): Trouble | undefined {
  const since = notReadySince(pod);
  if (since === undefined) return undefined;
  if (isNodeLost(pod, since, events)) {
    return {
      cause: `${capitalize(nodeOf(pod))} does not answer`,
      seen: `pod ${pod.metadata.name} on ${nodeOf(pod)} is not ready since ${since}, and its node has not said why`,
      next: forceAdvice(pod),
      repair: 'node',
      command: kubectl(pod, 'delete', 'pod', pod.metadata.name, '--force', '--grace-period=0'),
    };
  }
  const own = containerOf(pod, name);
  if (!wasReady(own, since)) return undefined;
  const stranger = podStatus(pod).containerStatuses?.find((other) => other.ready === false && other !== own);
  if (own?.ready === true && stranger !== undefined) {
    return {
      cause: `Container ${stranger.name} beside the bot is not ready`,
      seen: `pod ${pod.metadata.name} is not ready since ${since}; the bot itself is`,
      next: `Mend ${stranger.name} where it comes from; it was put into the pod by the cluster, not by this repository.`,
      repair: 'none',
      command: kubectl(pod, 'logs', pod.metadata.name, '-c', stranger.name),
    };
  }
  return {
    cause: 'Chrome screen stopped answering',
    seen: `pod ${pod.metadata.name} is not ready since ${since}; its container runs`,
    next: 'Read the end of the log. The node starts the bot anew if the screen stays silent.',
    repair: 'log',
  };
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
  const areReady =
    findCondition(conditions, 'ContainersReady', 'True') !== undefined ||
    (containerStatuses.length > 0 && containerStatuses.every(({ ready }) => ready === true));
  return !isGated && areReady;
}

const near = (a: string, b: string): boolean => Math.abs(Date.parse(a) - Date.parse(b)) < 60_000;

/** A pod is not ready from its first moment on; one that lost it did so after its container had started. */
function wasReady(container: ContainerStatus | undefined, since: string): boolean {
  const startedAt = container?.state?.running?.startedAt;
  return startedAt !== undefined && Date.parse(since) > Date.parse(startedAt);
}

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
