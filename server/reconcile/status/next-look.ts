import type { LiveObject } from '../../cluster/live-object.ts';
import type { ClusterEvent } from '../live/cluster-event.ts';
import type { LiveUnit } from '../live/live-unit.ts';
import { podStatus, type ContainerStatus } from '../live/live-shapes.ts';
import { sortPods } from '../live/pods.ts';
import { steadyFrom } from './crash.ts';
import { overdueAt } from './ending.ts';
import { mountSeen, volumesSeen } from './volume-status.ts';

/** When a status may change by time alone, ms since the epoch; undefined when only the cluster can change it. */
export function nextLookAt(live: LiveUnit, events: readonly ClusterEvent[], now: number): number | undefined {
  const objects = [...live.objects.values()];
  const pods = sortPods(live.pods);
  const claims = objects.filter(({ kind }) => kind === 'PersistentVolumeClaim');
  const times = [
    ...pods.live.flatMap((pod) => [
      ...containersOf(pod).map((container) => steadyFrom(pod, container)),
      mountSeen(pod, undefined, events, now)?.troubleAt,
    ]),
    volumesSeen(claims, events, now).troubleAt,
    ...[...pods.ending, ...objects].map(overdueAt),
  ];
  const ahead = times.filter((time): time is number => time !== undefined && time > now);
  return ahead.length === 0 ? undefined : Math.min(...ahead);
}

function containersOf(pod: LiveObject): readonly ContainerStatus[] {
  const { containerStatuses = [], initContainerStatuses = [] } = podStatus(pod);
  return [...containerStatuses, ...initContainerStatuses];
}
