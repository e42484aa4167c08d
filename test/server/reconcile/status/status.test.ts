import { describe, expect, test } from 'vitest';
import type { LiveObject } from '../../../../server/cluster/live-object.ts';
import type { ClusterEvent } from '../../../../server/reconcile/live/cluster-event.ts';
import type { LiveUnit } from '../../../../server/reconcile/live/live-unit.ts';
import { instanceStatus, type StatusInput } from '../../../../server/reconcile/status/status.ts';

const AT = '2026-11-22T10:00:00Z';

const deployment = (more: object = {}, status: object = {}): LiveObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'bot-alpha', creationTimestamp: AT, ...more },
  spec: { replicas: 1 },
  status,
});
const pod = (status: object, more: object = {}): LiveObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'bot-alpha-5d-x', creationTimestamp: AT, ...more },
  status,
});
const claim = (phase: string): LiveObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'bot-alpha-chrome' },
  status: { phase },
});
const waiting = (reason: string, message = '', more: object = {}): LiveObject =>
  pod({
    phase: 'Pending',
    conditions: [{ type: 'PodScheduled', status: 'True' }],
    containerStatuses: [{ name: 'moltbot', state: { waiting: { reason, message } }, ...more }],
  });

function statusOf(objects: readonly LiveObject[], pods: readonly LiveObject[] = [], more: Partial<StatusInput> = {}) {
  const live: LiveUnit = {
    objects: new Map(objects.map((object) => [`${object.kind}/${object.metadata.name}`, object])),
    parent: undefined,
    pods,
  };
  return instanceStatus({ wanted: 1, live, events: [], refusal: null, waitsFor: null, ...more });
}

const event = (reason: string, message: string): ClusterEvent => ({
  uid: 'e',
  kind: 'PersistentVolumeClaim',
  name: 'bot-alpha-chrome',
  reason,
  message,
  warning: true,
  count: 1,
  at: AT,
});

const ready = pod({ phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: AT }] });
const starting = pod({
  phase: 'Running',
  conditions: [
    { type: 'PodScheduled', status: 'True' },
    { type: 'Ready', status: 'False' },
  ],
  containerStatuses: [{ name: 'moltbot', state: { running: {} } }],
});
const unschedulable = (message: string): LiveObject =>
  pod({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }] });
const crashed = (reason: string) =>
  waiting('CrashLoopBackOff', 'back-off', {
    restartCount: 6,
    lastState: { terminated: { reason, exitCode: 1, finishedAt: AT } },
  });

const table: readonly [string, string, string, ReturnType<typeof statusOf>][] = [
  ['nothing there', 'creating', 'Waits to be applied', statusOf([])],
  ['no cluster', 'creating', 'No cluster is named.', statusOf([], [], { waitsFor: 'No cluster is named.' })],
  ['a refused apply', 'error', 'Apply refused', statusOf([], [], { refusal: 'over quota' })],
  ['no pod yet', 'creating', 'Waits for its pod', statusOf([deployment()])],
  ['a pod without a node', 'creating', 'Waits for a node', statusOf([deployment()], [pod({ phase: 'Pending' })])],
  [
    'a container being made',
    'creating',
    'Container is being made',
    statusOf([deployment()], [waiting('ContainerCreating')]),
  ],
  [
    'a screen that does not answer yet',
    'creating',
    'Waits for the Chrome screen',
    statusOf([deployment()], [starting]),
  ],
  [
    'a later revision',
    'creating',
    'Restarting, waits for the Chrome screen',
    statusOf([deployment({ annotations: { 'deployment.kubernetes.io/revision': '2' } })], [starting]),
  ],
  ['the old pod ending', 'creating', 'Restarting', statusOf([deployment()], [pod({}, { deletionTimestamp: AT })])],
  ['a ready pod', 'running', '', statusOf([deployment()], [ready])],
  [
    'a ready pod beside an ending one',
    'running',
    '',
    statusOf([deployment()], [pod({}, { deletionTimestamp: AT }), ready]),
  ],
  ['zero replicas', 'stopped', '', statusOf([deployment()], [], { wanted: 0 })],
  ['zero replicas, pod ending', 'stopped', 'Its pod is ending', statusOf([deployment()], [ready], { wanted: 0 })],
  [
    'a Deployment on its way out',
    'stopped',
    'Being removed',
    statusOf([deployment({ deletionTimestamp: AT })], [ready]),
  ],
  [
    'a tag that is not there',
    'error',
    'Image tag not found',
    statusOf([deployment()], [waiting('ImagePullBackOff', 'manifest unknown')]),
  ],
  [
    'a registry that refuses',
    'error',
    'Registry refuses the image',
    statusOf([deployment()], [waiting('ErrImagePull', '401 Unauthorized')]),
  ],
  [
    'a registry out of reach',
    'error',
    'Image cannot be pulled',
    statusOf([deployment()], [waiting('ErrImagePull', 'dial tcp: i/o timeout')]),
  ],
  ['a crash loop', 'error', 'Crash loop, 6 restarts', statusOf([deployment()], [crashed('Error')])],
  ['too little memory', 'error', 'Out of memory, 6 restarts', statusOf([deployment()], [crashed('OOMKilled')])],
  [
    'a missing Secret',
    'error',
    'Container cannot be made',
    statusOf([deployment()], [waiting('CreateContainerConfigError', 'secret "x" not found')]),
  ],
  [
    'full nodes',
    'error',
    'No node has enough cpu and memory',
    statusOf([deployment()], [unschedulable('0/2 nodes are available: 2 Insufficient cpu, 2 Insufficient memory.')]),
  ],
  [
    'a volume on its way',
    'creating',
    '0 of 1 volumes bound',
    statusOf([deployment(), claim('Pending')], [unschedulable('pod has unbound immediate PersistentVolumeClaims')]),
  ],
  [
    'a volume that nobody makes',
    'error',
    'Volume pending',
    statusOf([deployment(), claim('Pending')], [pod({ phase: 'Pending' })], {
      events: [event('FailedBinding', 'no storage class is set')],
    }),
  ],
  [
    'a full quota',
    'error',
    'Over quota',
    statusOf([
      deployment({}, { conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota: bots' }] }),
    ]),
  ],
  [
    'Pod Security',
    'error',
    'Refused by Pod Security',
    statusOf([
      deployment(
        {},
        { conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'violates PodSecurity "baseline"' }] },
      ),
    ]),
  ],
  [
    'a deadline',
    'error',
    'Not ready in time',
    statusOf(
      [deployment({}, { conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] })],
      [starting],
    ),
  ],
  [
    'an evicted pod',
    'error',
    'Evicted by its node',
    statusOf([deployment()], [pod({ phase: 'Failed', reason: 'Evicted', message: 'low on memory' })]),
  ],
];

describe('the status of a bot', () => {
  test.each(table)('with %s is %s: %s', (_, status, reason, view) => {
    expect([view.status, view.statusReason]).toEqual([status, reason]);
    expect(view.rule.toLowerCase()).toContain(`${status} means`);
    expect(view.seen).not.toBe('');
    expect(view.next).not.toBe('');
  });
});
