import type { LiveObject } from '../../cluster/live-object.ts';
import type { ClusterEvent } from '../live/cluster-event.ts';
import { createdAt, deploymentStatus, findCondition, podStatus, replicasOf } from '../live/live-shapes.ts';
import { isFromTemplate, isObserved } from '../live/pod-template.ts';
import { containerOf, unreadyBeside, type PodsSeen } from '../live/pods.ts';
import { notReadySince } from './node-lost.ts';
import { finishedTrouble, podTrouble } from './pod-trouble.ts';
import { readinessTrouble } from './readiness.ts';
import { tell, tellTrouble, type Told } from './told.ts';
import type { Trouble } from './trouble.ts';
import { mountSeen, volumesSeen } from './volume-status.ts';

export interface PodStatusInput {
  readonly deployment: LiveObject | undefined;
  readonly claims: readonly LiveObject[];
  readonly pods: PodsSeen;
  readonly container: string | undefined;
  readonly events: readonly ClusterEvent[];
  readonly now: number;
}

/** What a live pod does. */
export function tellPod(pod: LiveObject, input: PodStatusInput): Told {
  const { deployment, container, events, now } = input;
  const ready = findCondition(podStatus(pod).conditions, 'Ready', 'True');
  if (deployment !== undefined && (replicasOf(deployment) ?? 1) > 0 && !isFromTemplate(pod, deployment)) {
    const seen = isObserved(deployment)
      ? `pod ${pod.metadata.name} is of the version before and is replaced`
      : `pod ${pod.metadata.name} is of the version before; the cluster has not taken up the change yet`;
    return tell('creating', 'Restarting', seen, ready?.lastTransitionTime ?? createdAt(pod));
  }
  const own = podTrouble(pod, { container, events, now });
  if (ready !== undefined) {
    if (own !== undefined) {
      return tellTrouble(own, lastEnd(pod) ?? createdAt(pod));
    }
    const seen = `pod ${pod.metadata.name} is ready${failedBefore(input.pods)}`;
    return tell('running', '', seen, ready.lastTransitionTime ?? createdAt(pod));
  }
  const trouble = own ?? waitingTrouble(pod, input);
  if (trouble !== undefined) return tellTrouble(trouble, notReadySince(pod) ?? createdAt(pod));
  return tellStarting(pod, input);
}

function waitingTrouble(pod: LiveObject, input: PodStatusInput): Trouble | undefined {
  const { deployment, claims, pods, container, events, now } = input;
  const trouble =
    volumesSeen(claims, events, now).trouble ??
    mountSeen(pod, pods.ending[0], events, now)?.trouble ??
    readinessTrouble(pod, container, events);
  if (trouble !== undefined || deployment === undefined) return trouble;
  const stuck = findCondition(deploymentStatus(deployment).conditions, 'Progressing', 'False');
  if (stuck?.reason !== 'ProgressDeadlineExceeded') return undefined;
  const seen = stuck.message ?? 'the pod has not become ready in time';
  return { cause: 'Not ready in time', seen, next: 'Read the log: the Chrome screen does not answer.', repair: 'log' };
}

function tellStarting(pod: LiveObject, { deployment, claims, pods, container, events, now }: PodStatusInput): Told {
  const state = deployment === undefined ? `pod ${pod.metadata.name} is not ready` : healthLine(deployment);
  const health = `${state}${failedBefore(pods)}`;
  const since = createdAt(pod);
  const volumes = volumesSeen(claims, events, now);
  if (volumes.bound < volumes.total) {
    const reason = `${volumes.bound} of ${volumes.total} volumes bound`;
    return tell('creating', reason, `${health}, ${reason}`, since, 'Nothing to do; the storage class is making them.');
  }
  const mount = mountSeen(pod, pods.ending[0], events, now);
  const step = mount === undefined ? startingStep(pod, container) : 'waits for a volume to be attached';
  const reason = pods.ending.length > 0 ? `Restarting, ${step}` : capitalize(step);
  return tell('creating', reason, mount?.message ?? health, since);
}

/** Why pods before this one have failed; empty where none has left its object. */
function failedBefore({ finished }: PodsSeen): string {
  const failed = finished.flatMap((pod) => finishedTrouble(pod) ?? []);
  const [last] = failed;
  if (last === undefined) return '';
  const count = failed.length === 1 ? 'the pod before it failed' : `${failed.length} pods before it failed, the last`;
  return `; ${count}: ${last.cause.charAt(0).toLowerCase()}${last.cause.slice(1)}, ${last.seen.trim()}`;
}

/** When a process of the pod ended last. */
function lastEnd(pod: LiveObject): string | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = podStatus(pod);
  return [...initContainerStatuses, ...containerStatuses]
    .flatMap(({ lastState }) => lastState?.terminated?.finishedAt ?? [])
    .sort()
    .at(-1);
}

/** What a pod without trouble waits for. */
function startingStep(pod: LiveObject, name: string | undefined): string {
  const { phase, conditions } = podStatus(pod);
  if (findCondition(conditions, 'PodScheduled', 'True') === undefined) return 'waits for a node';
  const own = containerOf(pod, name);
  if (phase !== 'Running' || own?.state?.running === undefined) return 'container is being made';
  if (own.ready !== true) return 'waits for the Chrome screen';
  const stranger = unreadyBeside(pod, own);
  return stranger === undefined ? 'waits for a readiness gate of the cluster' : `waits for container ${stranger.name}`;
}

export function healthLine(deployment: LiveObject): string {
  const wanted = replicasOf(deployment) ?? 1;
  return `${deploymentStatus(deployment).readyReplicas ?? 0} of ${wanted} pod${wanted === 1 ? '' : 's'} ready`;
}

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
