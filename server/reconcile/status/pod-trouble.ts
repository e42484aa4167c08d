import type { LiveObject } from '../../cluster/live-object.ts';
import { findCondition, podStatus, type ContainerStatus } from '../live/live-shapes.ts';

/** Why a pod can't become ready without a person. */
export interface Trouble {
  /** A few words. */
  readonly cause: string;
  /** What was seen, with the cluster's own words. */
  readonly seen: string;
  readonly next: string;
}

/** The trouble that a pod itself shows; undefined when it is on its way or well. */
export function podTrouble(pod: LiveObject): Trouble | undefined {
  const status = podStatus(pod);
  if (status.phase === 'Failed') {
    return {
      cause: status.reason === 'Evicted' ? 'Evicted by its node' : `Pod failed: ${status.reason ?? 'no reason given'}`,
      seen: status.message ?? `pod ${pod.metadata.name} has failed`,
      next: 'Look at the node and the log; the Deployment starts another pod by itself.',
    };
  }
  const unscheduled = findCondition(status.conditions, 'PodScheduled', 'False');
  if (unscheduled?.reason === 'Unschedulable') return schedulingTrouble(unscheduled.message ?? '');
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  for (const container of containers) {
    const trouble = containerTrouble(container);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}

function schedulingTrouble(message: string): Trouble | undefined {
  // The scheduler says so while volumes are on their way; those are looked at by themselves.
  if (/unbound immediate PersistentVolumeClaims|persistentvolumeclaim .* not found/i.test(message)) return undefined;
  const lack = [...message.matchAll(/Insufficient ([a-z-]+)/g)].map(([, what = '']) => what);
  const cause = lack.length > 0 ? `No node has enough ${[...new Set(lack)].join(' and ')}` : 'No node takes it';
  return { cause, seen: message, next: 'Lower what the bot requests, or add a node.' };
}

const IMAGE_REASONS = new Set(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull']);
const CONFIG_REASONS = new Set(['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError']);

function containerTrouble({ name, state, lastState, restartCount = 0 }: ContainerStatus): Trouble | undefined {
  const waiting = state?.waiting;
  const reason = waiting?.reason ?? '';
  const message = waiting?.message ?? '';
  if (IMAGE_REASONS.has(reason)) return imageTrouble(reason, message);
  if (CONFIG_REASONS.has(reason)) {
    const next = 'Publish what it names, or take the reference out of the record.';
    return { cause: 'Container cannot be made', seen: `${reason}: ${message}`, next };
  }
  if (reason !== 'CrashLoopBackOff') return undefined;
  const last = lastState?.terminated;
  const exit = last?.reason === 'OOMKilled' ? 'out of memory' : `exit code ${last?.exitCode ?? 'unknown'}`;
  return {
    cause:
      last?.reason === 'OOMKilled' ? `Out of memory, ${times(restartCount)}` : `Crash loop, ${times(restartCount)}`,
    seen: `container ${name} ended with ${exit}${last?.finishedAt === undefined ? '' : ` at ${last.finishedAt}`} and waits before its next start`,
    next:
      last?.reason === 'OOMKilled'
        ? 'Raise its memory limit.'
        : 'Read the end of the log; restore the version before, or correct the config.',
  };
}

function imageTrouble(reason: string, message: string): Trouble {
  const seen = message === '' ? reason : `${reason}: ${message}`;
  if (reason === 'InvalidImageName') return { cause: 'Image name is not valid', seen, next: 'Correct the image.' };
  if (/not found|manifest unknown/i.test(message)) {
    return { cause: 'Image tag not found', seen, next: 'Correct the image, or push it to the registry.' };
  }
  if (/unauthorized|denied|authentication|forbidden/i.test(message)) {
    return { cause: 'Registry refuses the image', seen, next: 'Check the pull secret and its rights.' };
  }
  return { cause: 'Image cannot be pulled', seen, next: 'Check the image and whether the node reaches its registry.' };
}

const times = (count: number): string => (count === 1 ? '1 restart' : `${count} restarts`);
