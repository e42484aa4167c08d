import type { LiveObject } from '../../cluster/live-object.ts';
import type { ClusterEvent } from '../live/cluster-event.ts';
import { deploymentStatus, findCondition, isEnding, podStatus, replicasOf } from '../live/live-shapes.ts';
import { appliedAt } from '../plan/ownership.ts';
import { podTrouble, type Trouble } from './pod-trouble.ts';
import type { LiveUnit } from '../live/live-unit.ts';
import type { StatusView, UnitStatus } from './view.ts';
import { volumesSeen } from './volume-status.ts';

export interface StatusInput {
  /** Replicas that main wants; undefined for a unit without a Deployment on main. */
  readonly wanted: number | undefined;
  readonly live: LiveUnit;
  readonly events: readonly ClusterEvent[];
  /** Why the last apply was refused, or null. */
  readonly refusal: string | null;
  /** What an apply waits for (no cluster, another object), or null. */
  readonly waitsFor: string | null;
}

const RULES: Readonly<Record<UnitStatus, string>> = {
  creating: 'Creating means: the pod is on its way and not ready yet, and nothing is wrong so far.',
  running: 'Running means: the pod is ready and the Chrome screen answers.',
  stopped: 'Stopped means: zero replicas, as the record says; the data is kept.',
  error: 'Error means: the pod cannot become ready without a change by a person.',
};

/** Status of a bot with its reasons, from live objects. Pure: the same input gives the same words. */
export function instanceStatus(input: StatusInput): StatusView {
  const { live, wanted, refusal, waitsFor } = input;
  const deployment = [...live.objects.values()].find(({ kind }) => kind === 'Deployment');
  if (deployment === undefined) {
    if (refusal !== null) {
      return view('error', 'Apply refused', refusal, 'Correct what it names on main, then it is tried again.', null);
    }
    const stopped = wanted === 0;
    const reason = waitsFor ?? 'Waits to be applied';
    return view(stopped ? 'stopped' : 'creating', reason, 'no Deployment in the cluster yet', 'Nothing to do.', null);
  }
  if (isEnding(deployment)) {
    const since = deployment.metadata.deletionTimestamp ?? null;
    return view('stopped', 'Being removed', healthLine(deployment), 'Nothing to do.', since);
  }
  if ((wanted ?? replicasOf(deployment) ?? 1) === 0) return stoppedStatus(deployment, live.pods);
  return startedStatus(deployment, input);
}

function stoppedStatus(deployment: LiveObject, pods: readonly LiveObject[]): StatusView {
  const since = appliedAt(deployment) ?? null;
  if (pods.length === 0) return view('stopped', '', 'no pod, as the record says', 'Start it when it is needed.', since);
  return view('stopped', 'Its pod is ending', `${pods.length} pod still there`, 'Nothing to do.', since);
}

function startedStatus(deployment: LiveObject, { live, events }: StatusInput): StatusView {
  const status = deploymentStatus(deployment);
  const claims = [...live.objects.values()].filter(({ kind }) => kind === 'PersistentVolumeClaim');
  const volumes = volumesSeen(claims, events);
  const pod = newestPod(live.pods);
  if (pod === undefined) {
    const failure = findCondition(status.conditions, 'ReplicaFailure', 'True');
    if (failure !== undefined) return errorView(replicaTrouble(failure.message ?? ''), failure.lastTransitionTime);
    const ending = live.pods.find(isEnding);
    if (ending !== undefined) {
      const seen = `pod ${ending.metadata.name} is ending; the next starts after it`;
      return view('creating', 'Restarting', seen, 'Nothing to do.', ending.metadata.deletionTimestamp ?? null);
    }
    return view('creating', 'Waits for its pod', healthLine(deployment), 'Nothing to do.', createdAt(deployment));
  }
  const ready = findCondition(podStatus(pod).conditions, 'Ready', 'True');
  if (ready !== undefined) {
    return view(
      'running',
      '',
      `pod ${pod.metadata.name} is ready`,
      'Nothing to do.',
      ready.lastTransitionTime ?? createdAt(pod),
    );
  }
  const notReadySince = findCondition(podStatus(pod).conditions, 'Ready', 'False')?.lastTransitionTime;
  const trouble = podTrouble(pod) ?? volumes.trouble;
  if (trouble !== undefined) return errorView(trouble, notReadySince ?? createdAt(pod));
  const stuck = findCondition(status.conditions, 'Progressing', 'False');
  if (stuck?.reason === 'ProgressDeadlineExceeded') {
    const seen = stuck.message ?? 'the pod has not become ready in time';
    const next = 'Read the log: the Chrome screen does not answer.';
    return errorView({ cause: 'Not ready in time', seen, next }, stuck.lastTransitionTime);
  }
  const since = createdAt(pod);
  if (volumes.bound < volumes.total) {
    const reason = `${volumes.bound} of ${volumes.total} volumes bound`;
    return view(
      'creating',
      reason,
      `${healthLine(deployment)}, ${reason}`,
      'Nothing to do; the storage class is making them.',
      since,
    );
  }
  const mount = events.find(
    ({ kind, name, reason }) =>
      kind === 'Pod' && name === pod.metadata.name && /^Failed(Mount|AttachVolume)$/.test(reason),
  );
  const restarting = Number(deployment.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? '1') > 1;
  const step = mount === undefined ? startingStep(pod) : 'waits for a volume to be attached';
  const seen = mount === undefined ? healthLine(deployment) : mount.message;
  return view('creating', restarting ? `Restarting, ${step}` : capitalize(step), seen, 'Nothing to do.', since);
}

/** What a pod without trouble waits for. */
function startingStep(pod: LiveObject): string {
  const { phase, conditions, containerStatuses } = podStatus(pod);
  if (findCondition(conditions, 'PodScheduled', 'True') === undefined) return 'waits for a node';
  const running = containerStatuses?.some(({ state }) => state?.running !== undefined) ?? false;
  if (phase === 'Running' && running) return 'waits for the Chrome screen';
  const ended = containerStatuses?.find(({ state }) => state?.terminated !== undefined)?.state?.terminated;
  if (ended !== undefined) return `starts again after exit code ${ended.exitCode ?? 'unknown'}`;
  return 'container is being made';
}

function replicaTrouble(message: string): Trouble {
  if (message.includes('exceeded quota')) {
    return {
      cause: 'Over quota',
      seen: message,
      next: 'Raise the quota of the namespace, or lower what bots request.',
    };
  }
  if (message.includes('violates PodSecurity')) {
    const next = 'Label the namespace pod-security.kubernetes.io/enforce=privileged: a bot runs systemd.';
    return { cause: 'Refused by Pod Security', seen: message, next };
  }
  return { cause: 'Pod refused', seen: message, next: 'Correct what the message names.' };
}

function newestPod(pods: readonly LiveObject[]): LiveObject | undefined {
  const there = pods.filter((pod) => !isEnding(pod));
  return there.sort((a, b) => (createdAt(a) < createdAt(b) ? 1 : -1))[0];
}

const createdAt = (object: LiveObject): string => object.metadata.creationTimestamp ?? '';

function healthLine(deployment: LiveObject): string {
  const wanted = replicasOf(deployment) ?? 1;
  return `${deploymentStatus(deployment).readyReplicas ?? 0} of ${wanted} pod${wanted === 1 ? '' : 's'} ready`;
}

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const errorView = ({ cause, seen, next }: Trouble, since: string | undefined): StatusView =>
  view('error', cause, seen, next, since ?? null);

function view(status: UnitStatus, statusReason: string, seen: string, next: string, since: string | null): StatusView {
  return { status, statusReason, rule: RULES[status], seen, next, since: since === '' ? null : since };
}
