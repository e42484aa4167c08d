import { describe, expect, test } from 'vitest';
import type { StatusInput } from '../../../../server/reconcile/status/status.ts';
import type { LiveObject } from '../../../../server/cluster/live-object.ts';
import {
  ago,
  claim,
  container,
  deployment,
  ended,
  event,
  holding,
  NOW,
  pod,
  running,
  statusOf,
  waiting,
} from './status-fixture.ts';

const ready = running(300);
const starting = running(-600, [container({ ready: false, state: { running: { startedAt: ago(599) } } })]);
const ending = (metadata: object = {}): LiveObject =>
  running(300, [container()], {
    name: 'bot-alpha-5d-old',
    deletionTimestamp: ago(-20),
    deletionGracePeriodSeconds: 30,
    ...metadata,
  });
const unschedulable = (message: string): LiveObject =>
  pod({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }] });
const looping = (exitCode: number, reason = 'Error'): LiveObject =>
  waiting('CrashLoopBackOff', 'back-off', { restartCount: 6, lastState: ended(exitCode, 5, reason) });
const failing = (message: string): LiveObject =>
  deployment({ status: { conditions: [{ type: 'ReplicaFailure', status: 'True', message }] } });
const evicted = pod({ phase: 'Failed', reason: 'Evicted', message: 'low on memory' });
const scaled = (replicas: number): LiveObject => deployment({ replicas, metadata: holding('keda-operator') });
const stop = { wanted: 0 };

type Row = readonly [
  state: string,
  status: string,
  reason: string,
  repair: string,
  objects: readonly LiveObject[],
  pods: readonly LiveObject[],
  more?: Partial<StatusInput>,
];

const table: readonly Row[] = [
  ['nothing there', 'creating', 'Waits to be applied', 'none', [], []],
  ['no cluster', 'creating', 'No cluster is named.', 'none', [], [], { waitsFor: 'No cluster is named.' }],
  ['a refused apply', 'error', 'Apply refused', 'none', [], [], { refusal: 'over quota' }],
  ['no pod yet', 'creating', 'Waits for its pod', 'none', [deployment()], []],
  ['a pod without a node', 'creating', 'Waits for a node', 'none', [deployment()], [pod({ phase: 'Pending' })]],
  [
    'a container being made',
    'creating',
    'Container is being made',
    'none',
    [deployment()],
    [waiting('ContainerCreating')],
  ],
  ['a silent screen at first', 'creating', 'Waits for the Chrome screen', 'none', [deployment()], [starting]],
  [
    'a pod that starts, of a Deployment that had others before',
    'creating',
    'Waits for the Chrome screen',
    'none',
    [deployment({ metadata: { annotations: { 'deployment.kubernetes.io/revision': '7' } } })],
    [starting],
  ],
  ['the old pod ending', 'creating', 'Restarting', 'none', [deployment()], [ending()]],
  [
    'a pod of the version before',
    'creating',
    'Restarting',
    'none',
    [deployment({ status: { updatedReplicas: 0 } })],
    [ready],
  ],
  [
    'a change that is not observed',
    'creating',
    'Restarting',
    'none',
    [deployment({ metadata: { generation: 4 } })],
    [ready],
  ],
  [
    'a pod with other digests',
    'creating',
    'Restarting',
    'none',
    [deployment({ annotations: { 'claworc.dev/config-digest': 'newer' } })],
    [ready],
  ],
  ['a ready pod', 'running', '', 'none', [deployment()], [ready]],
  ['a ready pod beside an ending one', 'running', '', 'none', [deployment()], [ending(), ready]],
  ['a ready pod beside evicted ones', 'running', '', 'none', [deployment()], [evicted, ready]],
  [
    'a ready pod with a sidecar',
    'running',
    '',
    'none',
    [deployment()],
    [running(300, [container({ name: 'istio-proxy' }), container()])],
  ],
  ['zero replicas', 'stopped', '', 'none', [deployment({ replicas: 0 })], [], stop],
  ['zero replicas and evicted pods', 'stopped', '', 'none', [deployment({ replicas: 0 })], [evicted, evicted], stop],
  [
    'zero replicas, pod ending',
    'stopped',
    'Its pod is ending',
    'none',
    [deployment({ replicas: 0 })],
    [ending()],
    stop,
  ],
  [
    'zero replicas, pod not told yet',
    'running',
    'Still running, wanted stopped',
    'none',
    [deployment({ replicas: 0 })],
    [ready],
    stop,
  ],
  [
    'a stop that is held',
    'running',
    'Still running, wanted stopped: dist/ was edited by hand',
    'none',
    [deployment()],
    [ready],
    { ...stop, behind: 'dist/ was edited by hand' },
  ],
  [
    'a stop that another controller undoes',
    'running',
    'Still running, wanted stopped: spec.replicas is held by keda-operator',
    'none',
    [scaled(2)],
    [ready],
    { ...stop, behind: 'conflict' },
  ],
  [
    'a crash loop that is wanted stopped',
    'error',
    'Crash loop, 6 restarts, wanted stopped: no cluster',
    'log',
    [deployment()],
    [looping(1)],
    { ...stop, behind: 'no cluster' },
  ],
  [
    'more pods than main wants',
    'running',
    'Runs 2 pods, 1 wanted: spec.replicas is held by keda-operator',
    'none',
    [scaled(2)],
    [ready],
  ],
  [
    'a start that is held',
    'stopped',
    'Stopped, wanted running: spec.replicas is held by keda-operator',
    'none',
    [scaled(0)],
    [],
  ],
  [
    'a Deployment on its way out with a pod',
    'running',
    'Still running, its Deployment is being deleted',
    'none',
    [deployment({ metadata: { deletionTimestamp: ago(1) } })],
    [ready],
  ],
  [
    'a Deployment on its way out',
    'stopped',
    'Being removed',
    'none',
    [deployment({ metadata: { deletionTimestamp: ago(1) } })],
    [ending()],
    { wanted: 0, isLeaving: true },
  ],
  [
    'a Deployment that a finalizer keeps',
    'error',
    'Its removal does not end',
    'none',
    [deployment({ metadata: { deletionTimestamp: ago(60), finalizers: ['x.io/keep'] } })],
    [],
    { wanted: 0, isLeaving: true },
  ],
  [
    'a pod that its Deployment left',
    'running',
    'Still running, its Deployment is gone',
    'none',
    [],
    [ready],
    { wanted: 0, isLeaving: true },
  ],
  [
    'a removal that waits',
    'running',
    'Still running, to be removed: another lineage',
    'none',
    [deployment()],
    [ready],
    { wanted: 0, isLeaving: true, behind: 'another lineage' },
  ],
  [
    'a tag that is not there',
    'error',
    'Image tag not found',
    'image',
    [deployment()],
    [waiting('ImagePullBackOff', 'manifest unknown')],
  ],
  [
    'an image name that is none',
    'error',
    'Image name is not valid',
    'image',
    [deployment()],
    [waiting('InvalidImageName')],
  ],
  [
    'a registry that refuses',
    'error',
    'Registry refuses the image',
    'pull_secret',
    [deployment()],
    [waiting('ErrImagePull', '401 Unauthorized')],
  ],
  [
    'a registry out of reach',
    'error',
    'Image cannot be pulled',
    'image',
    [deployment()],
    [waiting('ErrImagePull', 'dial tcp: lookup r.example: no such host')],
  ],
  [
    'an image whose name says denied',
    'error',
    'Image tag not found',
    'image',
    [deployment()],
    [waiting('ErrImagePull', 'failed to pull "r.example/denied/bot:1": r.example/denied/bot:1: not found')],
  ],
  ['a crash loop', 'error', 'Crash loop, 6 restarts', 'log', [deployment()], [looping(1)]],
  ['too little memory', 'error', 'Out of memory, 6 restarts', 'resources', [deployment()], [looping(137, 'OOMKilled')]],
  [
    'exit 137 that nobody asked for',
    'error',
    'Killed, likely out of memory, 6 restarts',
    'resources',
    [deployment()],
    [looping(137)],
  ],
  [
    'exit 137 by its liveness probe',
    'error',
    'Chrome screen stopped answering, 6 restarts',
    'log',
    [deployment()],
    [looping(137)],
    {
      events: [event('Pod', 'Killing', 'Container moltbot failed liveness probe, will be restarted', { at: ago(35) })],
    },
  ],
  [
    'a process that died just now',
    'error',
    'Its process ended',
    'log',
    [deployment()],
    [running(-1, [container({ ready: false, state: ended(1, 1) })])],
  ],
  [
    'a crash loop at its next try',
    'error',
    'Crash loop, 3 restarts',
    'log',
    [deployment()],
    [running(-2, [container({ ready: false, restartCount: 3, lastState: ended(1, 2) })])],
  ],
  [
    'a crash loop at a try that is ready',
    'error',
    'Crash loop, 3 restarts',
    'log',
    [deployment()],
    [running(29, [container({ restartCount: 3, lastState: ended(1, 40) })])],
  ],
  [
    'an old crash',
    'running',
    '',
    'none',
    [deployment()],
    [running(30, [container({ restartCount: 3, lastState: ended(1, 40) })])],
  ],
  [
    'a screen that went silent',
    'error',
    'Chrome screen stopped answering',
    'log',
    [deployment()],
    [running(-40, [container({ ready: false })])],
  ],
  ['a lost node', 'error', 'Node lab does not answer', 'node', [deployment()], [running(-40)]],
  [
    'a lost node by its event',
    'error',
    'Node lab does not answer',
    'node',
    [deployment()],
    [running(-40, [container({ ready: false })])],
    { events: [event('Pod', 'NodeNotReady', 'Node is not ready', { at: ago(40) })] },
  ],
  [
    'an old pod on a lost node',
    'error',
    'Old pod does not end: node lab does not answer',
    'node',
    [deployment()],
    [ending({ deletionTimestamp: ago(30) })],
  ],
  [
    'a stop on a lost node',
    'error',
    'Old pod does not end: node lab does not answer, wanted stopped',
    'node',
    [deployment({ replicas: 0 })],
    [ending({ deletionTimestamp: ago(30) })],
    stop,
  ],
  [
    'an old pod with a finalizer',
    'error',
    'Old pod does not end',
    'node',
    [deployment()],
    [ending({ deletionTimestamp: ago(30), finalizers: ['x.io/keep'] })],
  ],
  [
    'a sidecar that crashes',
    'error',
    'Container istio-proxy beside the bot: crash loop, 4 restarts',
    'none',
    [deployment()],
    [
      running(-600, [
        container(),
        container({
          name: 'istio-proxy',
          ready: false,
          restartCount: 4,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
        }),
      ]),
    ],
  ],
  [
    'a sidecar that starts',
    'creating',
    'Waits for container istio-proxy',
    'none',
    [deployment()],
    [running(-600, [container(), container({ name: 'istio-proxy', ready: false })])],
  ],
  [
    'a missing Secret',
    'error',
    'Key is missing in the cluster',
    'key',
    [deployment()],
    [waiting('CreateContainerConfigError', 'secret "x" not found')],
  ],
  [
    'a missing ConfigMap',
    'error',
    'Container cannot be made',
    'config',
    [deployment()],
    [waiting('CreateContainerConfigError', 'configmap "x" not found')],
  ],
  [
    'full nodes',
    'error',
    'No node has enough cpu and memory',
    'resources',
    [deployment()],
    [unschedulable('0/2 nodes are available: 2 Insufficient cpu, 2 Insufficient memory.')],
  ],
  [
    'a tainted node',
    'error',
    'No node takes it',
    'node',
    [deployment()],
    [unschedulable('1 node(s) had untolerated taint {x: }')],
  ],
  [
    'volumes of a node that is gone',
    'error',
    'No node reaches its volumes',
    'node',
    [deployment()],
    [unschedulable('1 node(s) had volume node affinity conflict')],
  ],
  [
    'a volume on its way',
    'creating',
    '0 of 1 volumes bound',
    'none',
    [deployment(), claim('Pending')],
    [unschedulable('pod has unbound immediate PersistentVolumeClaims')],
  ],
  [
    'a volume that was refused some times, just now',
    'creating',
    '0 of 1 volumes bound',
    'none',
    [deployment(), claim('Pending')],
    [pod({ phase: 'Pending' })],
    { events: [event('PersistentVolumeClaim', 'ProvisioningFailed', 'no such class', { firstAt: ago(29), count: 4 })] },
  ],
  [
    'a volume that was refused a while ago',
    'error',
    'Volume pending',
    'volume',
    [deployment(), claim('Pending')],
    [pod({ phase: 'Pending' })],
    { events: [event('PersistentVolumeClaim', 'FailedBinding', 'no storage class is set', { firstAt: ago(30) })] },
  ],
  [
    'a volume that a lost node holds',
    'error',
    'Volume cannot be attached',
    'node',
    [deployment()],
    [waiting('ContainerCreating'), ending({ deletionTimestamp: ago(400) })],
    { events: [event('Pod', 'FailedAttachVolume', 'Multi-Attach error for volume "pvc-1"', { firstAt: ago(60) })] },
  ],
  [
    'a mount that was refused and came',
    'creating',
    'Container is being made',
    'none',
    [deployment()],
    [waiting('ContainerCreating')],
    {
      events: [
        event('Pod', 'Pulling', 'Pulling image', { at: ago(50) }),
        event('Pod', 'FailedMount', 'not attached yet', { firstAt: ago(60), at: ago(55) }),
      ],
    },
  ],
  ['a full quota', 'error', 'Over quota', 'resources', [failing('exceeded quota: bots')], []],
  ['Pod Security', 'error', 'Refused by Pod Security', 'none', [failing('violates PodSecurity "baseline"')], []],
  [
    'a deadline',
    'error',
    'Not ready in time',
    'log',
    [
      deployment({
        status: { conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] },
      }),
    ],
    [starting],
  ],
  ['an evicted pod alone', 'error', 'Evicted by its node', 'resources', [deployment()], [evicted]],
];

const rows = table.map(([state, status, reason, repair, ...seen]) => ({
  state,
  status,
  reason,
  repair,
  view: statusOf(...seen),
}));

describe('the status of a bot', () => {
  test.each(rows)('with $state is $status: $reason ($repair)', ({ status, reason, repair, view }) => {
    expect([view.status, view.statusReason, view.repair]).toEqual([status, reason, repair]);
    expect(view.rule.toLowerCase()).toContain(`${status} means`);
    expect(view.seen).not.toBe('');
    expect(view.next).not.toBe('');
    if (status === 'error') expect(view.next).not.toBe('Nothing to do.');
  });

  test('names the command that frees a number of pods held by another controller', () => {
    const view = statusOf([scaled(2)], [ready], stop);

    expect(view.command).toBe('kubectl -n claworc scale deployment/bot-alpha --replicas=0');
    expect(view.next).toContain('Take away what keda-operator scales this bot by');
    expect(view.seen).toContain('keda-operator has set spec.replicas to 2');
  });

  test('names the node of a pod that does not end, and the command that lets it go', () => {
    const view = statusOf([deployment()], [ending({ deletionTimestamp: ago(59) })]);

    expect(view.seen).toContain('bot-alpha-5d-old on node lab was to be gone at');
    expect(view.command).toBe('kubectl -n claworc delete pod bot-alpha-5d-old --force --grace-period=0');
    expect(view.next).toContain('off for good');
  });

  test('counts the end of a pod from when it was asked for, not from the end of its grace period', () => {
    expect(statusOf([deployment()], [ending()]).since).toBe(ago(10));
  });
});

test('a crash loop is one error from its first end until 30 s of readiness, through all its tries', () => {
  const down = { ready: false, state: ended(1, 0) };
  const backOff = { ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: ended(1, 5) };
  const again = { ready: false, lastState: ended(1, 5) };
  const told = [
    running(300),
    running(-1, [container({ ...down, restartCount: 0 })]),
    running(-3, [container({ ...again, restartCount: 1 })]),
    running(2, [container({ restartCount: 1, lastState: ended(1, 5) })]),
    running(-1, [container({ ...down, restartCount: 1 })]),
    running(-5, [container({ ...backOff, restartCount: 1 })]),
    running(-9, [container({ ...again, restartCount: 2 })]),
    running(29, [container({ restartCount: 2, lastState: ended(1, 40) })]),
    running(31, [container({ restartCount: 2, lastState: ended(1, 42) })]),
  ].map((pod) => statusOf([deployment()], [pod]).status);

  expect(told).toEqual(['running', ...Array<string>(7).fill('error'), 'running']);
});

describe('the time at which a status has to be looked at again', () => {
  const at = (ms: number): string => new Date(NOW + ms).toISOString();

  test.each<readonly [string, string | null, ReturnType<typeof statusOf>]>([
    ['is none for a bot that is well', null, statusOf([deployment()], [ready])],
    [
      'is when a restarted bot has been ready for 30 s',
      at(10_000),
      statusOf([deployment()], [running(20, [container({ restartCount: 1, lastState: ended(1, 25) })])]),
    ],
    [
      'is when a refusal of a volume has lasted 30 s',
      at(5_000),
      statusOf([deployment(), claim('Pending')], [pod({ phase: 'Pending' })], {
        events: [event('PersistentVolumeClaim', 'ProvisioningFailed', 'try again', { firstAt: ago(25) })],
      }),
    ],
    ['is when an ending pod is 30 s late', at(50_000), statusOf([deployment()], [ending()])],
    [
      'is none for a pod that is late already',
      null,
      statusOf([deployment()], [ending({ deletionTimestamp: ago(40) })]),
    ],
  ])('%s', (_, expected, view) => {
    expect(view.changesAt).toBe(expected);
  });
});
