import type { LiveObject } from '../../cluster/live-object.ts';
import type { ClusterEvent } from '../live/cluster-event.ts';
import { findCondition, podStatus, type ContainerStatus, type Terminated } from '../live/live-shapes.ts';
import { times, type Trouble } from './trouble.ts';

/** A bot whose process has died counts as well again when its pod has been ready for so long. */
export const STEADY_MS = 30_000;

/** From when on a pod whose container was restarted counts as well; undefined for one that never was, or isn't ready. */
export function steadyFrom(pod: LiveObject, container: ContainerStatus): number | undefined {
  const ready = findCondition(podStatus(pod).conditions, 'Ready', 'True');
  if ((container.restartCount ?? 0) === 0 || ready === undefined) return undefined;
  const since = [ready.lastTransitionTime, container.lastState?.terminated?.finishedAt].flatMap((at) =>
    at === undefined ? [] : Date.parse(at),
  );
  return since.length === 0 ? undefined : Math.max(...since) + STEADY_MS;
}

/**
 * The end of a container's process, for as long as it counts: until the pod has been ready for a while. Each try of a
 * crash loop looks well for a moment, and is the same trouble.
 */
export function crashTrouble(
  pod: LiveObject,
  container: ContainerStatus,
  events: readonly ClusterEvent[],
  now: number,
): Trouble | undefined {
  const { state, lastState, restartCount = 0 } = container;
  const isDown = state?.terminated !== undefined || state?.waiting?.reason === 'CrashLoopBackOff';
  if (!isDown) {
    if (restartCount === 0) return undefined;
    const steady = steadyFrom(pod, container);
    if (steady !== undefined && steady <= now) return undefined;
  }
  const last = state?.terminated ?? lastState?.terminated;
  const { cause, next, repair } = causeOf(container, last, events);
  const end = last === undefined ? 'ended' : `ended with ${exitOf(last)}`;
  const at = last?.finishedAt === undefined ? '' : ` at ${last.finishedAt}`;
  const count = restartCount === 0 ? '' : `, ${times(restartCount)}`;
  return {
    cause: `${cause}${count}`,
    seen: `container ${container.name} ${end}${at}${stepOf(container, pod)}`,
    next,
    repair,
  };
}

function causeOf(
  container: ContainerStatus,
  last: Terminated | undefined,
  events: readonly ClusterEvent[],
): Pick<Trouble, 'cause' | 'next' | 'repair'> {
  if (last?.reason === 'OOMKilled') {
    return { cause: 'Out of memory', next: 'Raise its memory limit.', repair: 'resources' };
  }
  const probe = events.find(
    ({ kind, reason, message }) =>
      kind === 'Pod' && reason === 'Killing' && /failed (liveness|startup) probe/.test(message),
  );
  if (probe !== undefined && isNear(probe.at, last?.finishedAt)) {
    const cause = probe.message.includes('startup')
      ? 'Chrome screen never answered'
      : 'Chrome screen stopped answering';
    return { cause, next: 'Read the end of the log: the node starts the bot anew for it.', repair: 'log' };
  }
  // SIGKILL from outside; nobody stopped this pod. Not every node tells the kernel's out-of-memory killer as such.
  if (last?.exitCode === 137) {
    const next = 'Raise its memory limit, unless the log tells another end.';
    return { cause: 'Killed, likely out of memory', next, repair: 'resources' };
  }
  const isLoop = container.state?.waiting?.reason === 'CrashLoopBackOff' || (container.restartCount ?? 0) > 1;
  return {
    cause: isLoop ? 'Crash loop' : 'Its process ended',
    next: 'Read the end of the log; restore the version before, or correct the config.',
    repair: 'log',
  };
}

const exitOf = ({ reason, exitCode }: Terminated): string =>
  reason === 'OOMKilled' ? 'out of memory' : `exit code ${exitCode ?? 'unknown'}`;

function stepOf({ state }: ContainerStatus, pod: LiveObject): string {
  if (state?.waiting?.reason === 'CrashLoopBackOff') return ' and waits before its next start';
  if (state?.running === undefined) return ' and is started again';
  const isReady = findCondition(podStatus(pod).conditions, 'Ready', 'True') !== undefined;
  return isReady
    ? ` and is ready again; it counts as running after ${STEADY_MS / 1000} s`
    : ' and was started again; it is not ready yet';
}

/** The kubelet says that it kills before the container ends: within the grace period. */
function isNear(killing: string, end: string | undefined): boolean {
  if (end === undefined) return false;
  const ms = Date.parse(end) - Date.parse(killing);
  return ms > -10_000 && ms < 60_000;
}
