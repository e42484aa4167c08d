import { describe, expect, test } from 'vitest';
import { ago, container, deployment, event, running, statusOf } from './status-fixture.ts';
import { ending, unschedulable, evicted, evictedForDisk, stop, testRows } from './status-rows.ts';

describe('the status of a bot: a node that is lost, full or closed', () => {
  testRows([
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
    ['an evicted pod alone', 'error', 'Evicted by its node', 'resources', [deployment()], [evicted]],
    ['one evicted for its disk', 'error', 'Evicted by its node', 'none', [deployment()], [evictedForDisk]],
  ]);

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
