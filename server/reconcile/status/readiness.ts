import type { LiveObject } from '../../cluster/live-object.ts';
import type { ClusterEvent } from '../live/cluster-event.ts';
import type { ContainerStatus } from '../live/live-shapes.ts';
import { containerOf, unreadyBeside } from '../live/pods.ts';
import { nodeTrouble, notReadySince } from './node-lost.ts';
import { kubectl, type Trouble } from './trouble.ts';

/** Why a pod that was ready isn't any more, with its container running; undefined for one that never was, or is. */
export function readinessTrouble(
  pod: LiveObject,
  name: string | undefined,
  events: readonly ClusterEvent[],
): Trouble | undefined {
  const since = notReadySince(pod);
  if (since === undefined) return undefined;
  const lost = nodeTrouble(pod, events);
  if (lost !== undefined) return lost;
  const own = containerOf(pod, name);
  if (!wasReady(own, since)) return undefined;
  const stranger = unreadyBeside(pod, own);
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

/** A pod is not ready from its first moment on; one that lost it did so after its container had started. */
function wasReady(container: ContainerStatus | undefined, since: string): boolean {
  const startedAt = container?.state?.running?.startedAt;
  return startedAt !== undefined && Date.parse(since) > Date.parse(startedAt);
}
