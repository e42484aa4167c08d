import type { LiveObject } from '../../../../server/cluster/live-object.ts';
import type { ClusterEvent } from '../../../../server/reconcile/live/cluster-event.ts';
import { instanceStatus, type StatusInput } from '../../../../server/reconcile/status/status.ts';
import type { BotStatus } from '../../../../server/reconcile/status/observed.ts';

/** The time of everything in these tests. */
export const NOW = Date.parse('2026-11-22T10:00:00Z');

/** Seconds before (or, below zero, after) it, as the API server writes times. */
export const ago = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString().replace('.000Z', 'Z');

interface DeploymentParts {
  readonly metadata?: object;
  readonly replicas?: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly status?: object;
}

export function deployment({ metadata, replicas = 1, annotations, status }: DeploymentParts = {}): LiveObject {
  const template = {
    metadata: { annotations: annotations ?? { 'claworc.dev/config-digest': 'new' } },
    spec: { containers: [{ name: 'moltbot' }] },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'bot-alpha', namespace: 'claworc', creationTimestamp: ago(3600), generation: 3, ...metadata },
    spec: { replicas, template },
    status: { observedGeneration: 3, replicas, updatedReplicas: replicas, ...status },
  };
}

/** The entry by which a manager holds the number of pods. */
export const holding = (manager: string): object => ({
  managedFields: [{ manager, operation: 'Update', subresource: 'scale', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }],
});

export function pod(status: object, metadata: object = {}, spec: object = {}): LiveObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'bot-alpha-5d-x',
      namespace: 'claworc',
      creationTimestamp: ago(600),
      annotations: { 'claworc.dev/config-digest': 'new' },
      ...metadata,
    },
    spec: { nodeName: 'lab', ...spec },
    status,
  };
}

interface ContainerParts {
  readonly name?: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: object;
  readonly lastState?: object;
}

const SCHEDULED = { type: 'PodScheduled', status: 'True' };

export const container = (parts: ContainerParts = {}): object => ({
  name: 'moltbot',
  ready: true,
  restartCount: 0,
  state: { running: { startedAt: ago(590) } },
  ...parts,
});

/** A pod that runs; ready for `readySeconds`, or not ready for so long when below zero. */
export function running(
  readySeconds: number,
  containers: readonly object[] = [container()],
  metadata = {},
): LiveObject {
  const ready = {
    type: 'Ready',
    status: readySeconds >= 0 ? 'True' : 'False',
    lastTransitionTime: ago(Math.abs(readySeconds)),
  };
  return pod({ phase: 'Running', conditions: [SCHEDULED, ready], containerStatuses: containers }, metadata);
}

export const waiting = (reason: string, message = '', more: ContainerParts = {}): LiveObject =>
  pod({
    phase: 'Pending',
    conditions: [SCHEDULED, { type: 'Ready', status: 'False', lastTransitionTime: ago(600) }],
    containerStatuses: [container({ ready: false, state: { waiting: { reason, message } }, ...more })],
  });

export const ended = (exitCode: number, secondsAgo: number, reason = 'Error'): object => ({
  terminated: { exitCode, reason, finishedAt: ago(secondsAgo) },
});

export const claim = (phase: string, name = 'bot-alpha-chrome'): LiveObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'claworc' },
  status: { phase },
});

export const event = (
  kind: string,
  reason: string,
  message: string,
  more: Partial<ClusterEvent> = {},
): ClusterEvent => ({
  uid: reason,
  kind,
  name: kind === 'Pod' ? 'bot-alpha-5d-x' : 'bot-alpha-chrome',
  reason,
  message,
  warning: true,
  count: 1,
  firstAt: ago(1),
  at: ago(1),
  ...more,
});

export function statusOf(
  objects: readonly LiveObject[],
  pods: readonly LiveObject[] = [],
  more: Partial<StatusInput> = {},
): BotStatus {
  const live = {
    objects: new Map(objects.map((object) => [`${object.kind}/${object.metadata.name}`, object])),
    parent: undefined,
    pods,
  };
  return instanceStatus({
    wanted: 1,
    isLeaving: false,
    live,
    events: [],
    refusal: null,
    waitsFor: null,
    behind: '',
    now: NOW,
    ...more,
  });
}
