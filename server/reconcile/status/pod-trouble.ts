import type { LiveObject } from '../../cluster/live-object.ts';
import type { ClusterEvent } from '../live/cluster-event.ts';
import { findCondition, isEnding, podStatus, type ContainerStatus } from '../live/live-shapes.ts';
import { crashTrouble } from './crash.ts';
import { imageTrouble } from './image-trouble.ts';
import { kubectl, type Trouble } from './trouble.ts';

export interface PodContext {
  /** Name of the bot's own container. */
  readonly container: string | undefined;
  readonly events: readonly ClusterEvent[];
  readonly now: number;
}

/** The trouble that a live pod itself shows; undefined when it is on its way or well. */
export function podTrouble(pod: LiveObject, context: PodContext): Trouble | undefined {
  const status = podStatus(pod);
  const unscheduled = findCondition(status.conditions, 'PodScheduled', 'False');
  if (unscheduled?.reason === 'Unschedulable') return schedulingTrouble(pod, unscheduled.message ?? '');
  const { containerStatuses = [], initContainerStatuses = [] } = status;
  const isOwn = ({ name }: ContainerStatus): boolean => context.container === undefined || name === context.container;
  const own = containerStatuses.filter(isOwn);
  const others = [...initContainerStatuses, ...containerStatuses.filter((container) => !isOwn(container))];
  for (const container of own) {
    const trouble = containerTrouble(pod, container, context);
    if (trouble !== undefined) return trouble;
  }
  for (const container of others) {
    const trouble = containerTrouble(pod, container, context);
    if (trouble !== undefined) return ofStranger(pod, container, trouble);
  }
  return undefined;
}

/** An evicted or otherwise failed pod, where no other has taken its place. */
export function finishedTrouble(pod: LiveObject): Trouble | undefined {
  const { phase, reason, message } = podStatus(pod);
  // One that was asked to end has failed in no way: systemd leaves with a code of its own.
  if (phase !== 'Failed' || isEnding(pod)) return undefined;
  const isEvicted = reason === 'Evicted';
  // Memory is what a bot can request more of; its disk and the node's other pressures no record speaks of.
  const isForMemory = /memory/i.test(message ?? '');
  return {
    cause: isEvicted ? 'Evicted by its node' : `Pod failed: ${reason ?? 'no reason given'}`,
    seen: message ?? `pod ${pod.metadata.name} has failed`,
    next: isEvicted
      ? isForMemory
        ? 'The Deployment starts another pod by itself; free memory on the node, or raise what the bot requests.'
        : 'The Deployment starts another pod by itself; free the node of what the message names.'
      : 'The Deployment starts another pod by itself; look at the log and the node if it stays so.',
    repair: !isEvicted ? 'log' : isForMemory ? 'resources' : 'none',
  };
}

function schedulingTrouble(pod: LiveObject, message: string): Trouble | undefined {
  // The scheduler says so while volumes are on their way; those are looked at by themselves.
  if (/unbound immediate PersistentVolumeClaims|persistentvolumeclaim .* not found/i.test(message)) return undefined;
  const lack = [...message.matchAll(/Insufficient ([a-z-]+)/g)].map(([, what = '']) => what);
  if (lack.length > 0) {
    return {
      cause: `No node has enough ${[...new Set(lack)].join(' and ')}`,
      seen: message,
      next: 'Lower what the bot requests, or add a node.',
      repair: 'resources',
    };
  }
  const isVolume = /volume node affinity|volume zone/i.test(message);
  return {
    cause: isVolume ? 'No node reaches its volumes' : 'No node takes it',
    seen: message,
    next: isVolume
      ? 'Bring the node back that has its volumes; the data is on it.'
      : 'Make a node fit: the message says what keeps each one out (a taint, a cordon, a selector).',
    repair: 'node',
    command: isVolume ? kubectl(pod, 'get', 'persistentvolumeclaims,pods', '-o', 'wide') : 'kubectl get nodes',
  };
}

const CONFIG_REASONS = new Set(['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError']);

function containerTrouble(pod: LiveObject, container: ContainerStatus, context: PodContext): Trouble | undefined {
  const { reason = '', message = '' } = container.state?.waiting ?? {};
  const image = imageTrouble(pod, reason, message);
  if (image !== undefined) return image;
  if (CONFIG_REASONS.has(reason)) return configTrouble(reason, message);
  const isInit = podStatus(pod).initContainerStatuses?.includes(container) ?? false;
  // An init container that has ended well has done its work.
  if (isInit && (container.state?.terminated?.exitCode ?? 1) === 0) return undefined;
  return crashTrouble(pod, container, context.events, context.now);
}

function configTrouble(reason: string, message: string): Trouble {
  const seen = message === '' ? reason : `${reason}: ${message}`;
  const isSecret = /\bsecret\b|key .* in Secret/i.test(message);
  return {
    cause: isSecret ? 'Key is missing in the cluster' : 'Container cannot be made',
    seen,
    next: isSecret
      ? 'Set the key that it names again, or take it away from this bot.'
      : 'Publish what it names, or take the reference out of the record.',
    repair: isSecret ? 'key' : 'config',
  };
}

/** A container beside the bot's own: its image, memory and config are nobody's in this repository. */
function ofStranger(pod: LiveObject, { name }: ContainerStatus, { cause, seen }: Trouble): Trouble {
  return {
    cause: `Container ${name} beside the bot: ${cause.charAt(0).toLowerCase()}${cause.slice(1)}`,
    seen,
    next: `Mend ${name} where it comes from; it was put into the pod by the cluster, not by this repository.`,
    repair: 'none',
    command: kubectl(pod, 'logs', pod.metadata.name, '-c', name, '--previous'),
  };
}
