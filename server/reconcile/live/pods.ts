import type { LiveObject } from '../../cluster/live-object.ts';
import { createdAt, isEnding, podSpec, podStatus, templateOf, type ContainerStatus } from './live-shapes.ts';

/** The pods of a bot by what they are. */
export interface PodsSeen {
  /** Newest first: at work or on their way to it. */
  readonly live: readonly LiveObject[];
  /** Oldest first: asked to end, with processes that may run still. */
  readonly ending: readonly LiveObject[];
  /** Newest first: nothing runs in them and nothing will (evicted, failed, succeeded); only their objects are left. */
  readonly finished: readonly LiveObject[];
}

export function sortPods(pods: readonly LiveObject[]): PodsSeen {
  const newestFirst = [...pods].sort((a, b) =>
    createdAt(a) < createdAt(b) ? 1 : createdAt(a) > createdAt(b) ? -1 : 0,
  );
  const isAtWork = (pod: LiveObject): boolean => !isFinished(pod);
  return {
    live: newestFirst.filter((pod) => isAtWork(pod) && !isEnding(pod)),
    ending: newestFirst.filter((pod) => isAtWork(pod) && isEnding(pod)).reverse(),
    finished: newestFirst.filter(isFinished),
  };
}

export function isFinished(pod: LiveObject): boolean {
  const { phase } = podStatus(pod);
  return phase === 'Failed' || phase === 'Succeeded';
}

/** `node worker-3`, or words for a pod that has none. */
export function nodeOf(pod: LiveObject): string {
  const { nodeName } = podSpec(pod);
  return nodeName === undefined ? 'its node' : `node ${nodeName}`;
}

/** Name of the bot's own container: others that a pod has were put in on the way (a mesh's sidecar). */
export function runtimeContainer(deployment: Readonly<Record<string, unknown>> | undefined): string | undefined {
  return templateOf(deployment).spec?.containers?.[0]?.name;
}

/** A container that runs beside the bot's own and isn't ready: of the pod's list, or an init container that stays on. */
export function unreadyBeside(pod: LiveObject, own: ContainerStatus | undefined): ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = podStatus(pod);
  const staying = initContainerStatuses.filter(({ state }) => state?.running !== undefined);
  return [...containerStatuses, ...staying].find((other) => other.ready === false && other !== own);
}

/** The bot's own container of a pod; undefined before the node has reported it. */
export function containerOf(pod: LiveObject, name: string | undefined): ContainerStatus | undefined {
  const { containerStatuses = [] } = podStatus(pod);
  return (
    containerStatuses.find((container) => container.name === name) ??
    (name === undefined ? containerStatuses[0] : undefined)
  );
}
