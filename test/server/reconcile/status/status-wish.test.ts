import { describe, expect, test } from 'vitest';
import { ago, deployment, statusOf } from './status-fixture.ts';
import { ready, ending, looping, evicted, scaled, stop, testRows } from './status-rows.ts';

describe('the status of a bot: a bot that main wants otherwise', () => {
  testRows([
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
  ]);

  test('names the command that frees a number of pods held by another controller', () => {
    const view = statusOf([scaled(2)], [ready], stop);

    expect(view.command).toBe('kubectl -n claworc scale deployment/bot-alpha --replicas=0');
    expect(view.next).toContain('Take away what keda-operator scales this bot by');
    expect(view.seen).toContain('keda-operator has set spec.replicas to 2');
  });
});

test('while the pod of a stopped bot ends, that is what happens next; once it has, starting it is', () => {
  const stopped = [deployment({ replicas: 0 })];
  expect(statusOf(stopped, [ending()], stop).next).toBe('Nothing to do; its pod is about to end.');
  expect(statusOf(stopped, [ready], stop).next).toBe('Nothing to do; its pod is about to end.');
  expect(statusOf(stopped, [], stop).next).toBe('Start it when it is needed.');
});
