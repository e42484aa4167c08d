import { expect, test } from 'vitest';
import type { LiveObject } from '../../../../server/cluster/live-object.ts';
import { ago, container, deployment, event, pod, statusOf } from './status-fixture.ts';

/** As the cluster writes it 49 s after the kubelet fell silent: the containers are as the node reported them last. */
const lost = (metadata: object = {}): LiveObject =>
  pod(
    {
      phase: 'Running',
      conditions: [
        { type: 'PodScheduled', status: 'True', lastTransitionTime: ago(300) },
        { type: 'Ready', status: 'False', lastTransitionTime: ago(60) },
        { type: 'ContainersReady', status: 'True', lastTransitionTime: ago(290) },
      ],
      containerStatuses: [container()],
    },
    metadata,
  );
const ending = lost({ deletionTimestamp: ago(-20), deletionGracePeriodSeconds: 30 });
const force = 'kubectl -n claworc delete pod bot-alpha-5d-x --force --grace-period=0';

test('a restart on a node that does not answer is told as such at once: it once read "nothing to do" for a minute', () => {
  expect(statusOf([deployment()], [ending])).toMatchObject({
    status: 'error',
    statusReason: 'Node lab does not answer',
    repair: 'node',
    command: force,
  });
});

test('so are a stop and a removal', () => {
  const stopped = statusOf([deployment({ replicas: 0 })], [ending], { wanted: 0 });
  expect(stopped).toMatchObject({ status: 'error', command: force });
  const leaving = deployment({ metadata: { deletionTimestamp: ago(10), finalizers: ['foregroundDeletion'] } });
  const removed = statusOf([leaving], [ending], { wanted: 0, isLeaving: true });
  expect(removed).toMatchObject({ status: 'error', command: force });
});

test('a pod that ends in good order is none of a lost node', () => {
  const conditions = ['Ready', 'ContainersReady'].map((type) => ({
    type,
    status: 'False',
    lastTransitionTime: ago(1),
  }));
  const containerStatuses = [container({ ready: false })];
  const orderly = { ...ending, status: { phase: 'Running', conditions, containerStatuses } };
  expect(statusOf([deployment()], [orderly])).toMatchObject({ status: 'creating', statusReason: 'Restarting' });
  const told = [event('Pod', 'NodeNotReady', 'Node is not ready', { at: ago(3000) })];
  expect(statusOf([deployment()], [orderly], { events: told })).toMatchObject({ statusReason: 'Restarting' });
});
