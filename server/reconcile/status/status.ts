import type { LiveObject } from '../../cluster/live-object.ts';
import type { ClusterEvent } from '../live/cluster-event.ts';
import { createdAt, deploymentStatus, endingSince, findCondition, isEnding, replicasOf } from '../live/live-shapes.ts';
import type { LiveUnit } from '../live/live-unit.ts';
import { nodeOf, runtimeContainer, sortPods } from '../live/pods.ts';
import { appliedAt } from '../plan/ownership.ts';
import { besideItsClaims } from './claim-trouble.ts';
import { isOverdue, overdueObject, overduePod } from './ending.ts';
import { nextLookAt } from './next-look.ts';
import { nodeTrouble } from './node-lost.ts';
import { healthLine, tellPod, type PodStatusInput } from './pod-status.ts';
import { finishedTrouble } from './pod-trouble.ts';
import { CORRECT_ON_MAIN, NOTHING_TO_DO, tell, tellTrouble, type Told } from './told.ts';
import { kubectl, type Trouble } from './trouble.ts';
import type { BotStatus, UnitStatus } from './observed.ts';
import { besideTheWish } from './wish.ts';

export interface StatusInput {
  /** Replicas that main wants; undefined for a unit without a Deployment on main. */
  readonly wanted: number | undefined;
  /** Main says that the bot goes. */
  readonly isLeaving: boolean;
  readonly live: LiveUnit;
  readonly events: readonly ClusterEvent[];
  /** Why the last apply was refused, or null. */
  readonly refusal: string | null;
  /** What an apply waits for (no cluster, another object), or null. */
  readonly waitsFor: string | null;
  /** Another program applies: nothing is promised of what it does. @default false */
  readonly isExternal?: boolean;
  /** Why the cluster isn't as main says, in any of the ways; empty when it is. */
  readonly behind: string;
  /** Name of the bot's own container as main renders it. @default the first of the live Deployment */
  readonly container?: string;
  /** ms since the epoch, by our clock; the cluster's may differ by what people allow their clocks. */
  readonly now: number;
}

/** Whoever applies instead of Claworc, as sentences begin. */
const ITS_APPLIER = 'The applier of the fleet';

const RULES: Readonly<Record<UnitStatus, string>> = {
  creating: 'Creating means: the pod is on its way and not ready yet, and nothing is wrong so far.',
  running:
    'Running means: the pod is of the version that the cluster was given, is ready, and the Chrome screen answers.',
  stopped: 'Stopped means: no pod of it runs; the data is kept.',
  error: 'Error means: something is wrong that may not mend itself, or was a moment ago.',
};

/**
 * Status of a bot with its evidence. Pods are the evidence and the record is the wish: where they differ, both are said.
 * Pure: the same input gives the same words.
 */
export function instanceStatus(input: StatusInput): BotStatus {
  const { live, events, now } = input;
  const deployment = [...live.objects.values()].find(({ kind }) => kind === 'Deployment');
  const seen: PodStatusInput = {
    deployment,
    claims: [...live.objects.values()].filter(({ kind }) => kind === 'PersistentVolumeClaim'),
    pods: sortPods(live.pods),
    container: input.container ?? runtimeContainer(deployment),
    events,
    now,
  };
  const alive = deployment === undefined ? tellBare(seen, input) : tellLive(deployment, seen);
  const safe = input.isLeaving ? alive : besideItsClaims(alive, seen.claims, input.isExternal);
  const told = deployment === undefined ? safe : besideTheWish(safe, deployment, input);
  const at = nextLookAt(live, events, now);
  return {
    status: told.status,
    statusReason: told.reason,
    rule: RULES[told.status],
    seen: told.seen,
    next: told.next,
    repair: told.repair,
    command: told.command ?? null,
    since: notAfter(told.since, now),
    changesAt: at === undefined ? null : new Date(at).toISOString(),
  };
}

/** Without a Deployment, pods may still run that it has left. */
function tellBare(seen: PodStatusInput, input: StatusInput): Told {
  const { wanted, isLeaving, refusal, waitsFor, isExternal = false } = input;
  const [pod] = seen.pods.live;
  if (pod !== undefined) {
    const told = tellPod(pod, seen);
    if (told.status === 'error') return told;
    return {
      ...told,
      reason: isLeaving || wanted === 0 ? 'Still running, its Deployment is gone' : 'Its Deployment is missing',
      next: isLeaving
        ? 'The cluster ends what a Deployment has left; if it stays, the command does.'
        : isExternal
          ? `${ITS_APPLIER} brings it; the Deployment takes the pod over again.`
          : 'Nothing to do; it takes the pod over again when it is applied.',
      ...(isLeaving && { command: kubectl(pod, 'delete', 'pod', pod.metadata.name) }),
    };
  }
  const ending = tellEnding(seen);
  if (ending !== undefined) return ending;
  const nothing = 'no Deployment in the cluster yet';
  if (refusal !== null) {
    return {
      ...tell('error', 'Apply refused', refusal, undefined, CORRECT_ON_MAIN),
    };
  }
  if (isLeaving) {
    const next = isExternal ? 'See what its removal waits for.' : NOTHING_TO_DO;
    return tell('stopped', waitsFor ?? 'Being removed', 'no Deployment and no pod of it are left', undefined, next);
  }
  if (isExternal) {
    const next = `See that ${ITS_APPLIER.toLowerCase()} runs and follows main.`;
    return tell(wanted === 0 ? 'stopped' : 'creating', waitsFor ?? 'Not applied yet', nothing, undefined, next);
  }
  return tell(wanted === 0 ? 'stopped' : 'creating', waitsFor ?? 'Waits to be applied', nothing, undefined);
}

function tellLive(deployment: LiveObject, seen: PodStatusInput): Told {
  const [pod] = seen.pods.live;
  if (pod !== undefined) return tellPod(pod, seen);
  if (isEnding(deployment)) {
    const since = endingSince(deployment);
    const ending = tellEnding(seen);
    if (ending?.status === 'error') return ending;
    if (ending === undefined && isOverdue(deployment, seen.now)) return tellTrouble(overdueObject(deployment), since);
    return tell('stopped', 'Being removed', ending?.seen ?? healthLine(deployment), since);
  }
  const ending = tellEnding(seen);
  if ((replicasOf(deployment) ?? 1) === 0) {
    const start = 'Start it when it is needed.';
    return ending ?? tell('stopped', '', 'no pod runs, as the cluster was told', appliedAt(deployment), start);
  }
  const failure = findCondition(deploymentStatus(deployment).conditions, 'ReplicaFailure', 'True');
  if (failure !== undefined) {
    return tellTrouble(replicaTrouble(deployment, failure.message ?? ''), failure.lastTransitionTime);
  }
  if (ending !== undefined) {
    if (ending.status === 'error') return ending;
    const seen = `${ending.seen}; the next starts after it`;
    return { ...ending, status: 'creating', reason: 'Restarting', seen, next: NOTHING_TO_DO };
  }
  for (const finished of seen.pods.finished) {
    const trouble = finishedTrouble(finished);
    if (trouble !== undefined) return tellTrouble(trouble, createdAt(finished));
  }
  return tell('creating', 'Waits for its pod', healthLine(deployment), createdAt(deployment));
}

/** The pod that ends, where none is at work; undefined where none ends. */
function tellEnding({ pods, events, now }: PodStatusInput): Told | undefined {
  const [pod] = pods.ending;
  if (pod === undefined) return undefined;
  const since = endingSince(pod);
  if (isOverdue(pod, now)) return tellTrouble(overduePod(pod), since);
  const lost = nodeTrouble(pod, events);
  if (lost !== undefined) return tellTrouble(lost, since);
  const seen = `pod ${pod.metadata.name} on ${nodeOf(pod)} is ending`;
  return tell('stopped', 'Its pod is ending', seen, since, 'Nothing to do; its pod is about to end.');
}

function replicaTrouble(deployment: LiveObject, message: string): Trouble {
  if (message.includes('exceeded quota')) {
    return {
      cause: 'Over quota',
      seen: message,
      next: 'Raise the quota of the namespace, or lower what bots request.',
      repair: 'resources',
    };
  }
  if (message.includes('violates PodSecurity')) {
    const namespace = deployment.metadata.namespace ?? 'NAMESPACE';
    return {
      cause: 'Refused by Pod Security',
      seen: message,
      next: 'Label the namespace pod-security.kubernetes.io/enforce=privileged: a bot runs systemd.',
      repair: 'none',
      command: `kubectl label namespace ${namespace} --overwrite pod-security.kubernetes.io/enforce=privileged`,
    };
  }
  return { cause: 'Pod refused', seen: message, next: 'Correct what the message names.', repair: 'none' };
}

/** Clocks differ: nothing has been so since a time that is still to come. */
function notAfter(since: string | undefined, now: number): string | null {
  if (since === undefined || since === '') return null;
  return Date.parse(since) > now ? new Date(now).toISOString() : since;
}
