import { expect, test } from 'vitest';
import { ago, container, deployment, ended, pod, running, statusOf } from './status-fixture.ts';

const message = 'Pod ephemeral local storage usage exceeds the total limit of containers 100Mi. ';
const evicted = pod({ phase: 'Failed', reason: 'Evicted', message }, { name: 'bot-alpha-5d-old' });

test('why the pod before was evicted stays in the words of the one that took its place', () => {
  const why = 'evicted by its node, Pod ephemeral local storage usage exceeds the total limit of containers 100Mi.';
  expect(statusOf([deployment()], [evicted, running(20)])).toMatchObject({
    status: 'running',
    seen: `pod bot-alpha-5d-x is ready; the pod before it failed: ${why}`,
  });
  const starting = running(-5, [container({ ready: false, state: { running: { startedAt: ago(4) } } })]);
  expect(statusOf([deployment()], [evicted, starting]).seen).toBe(`0 of 1 pod ready; the pod before it failed: ${why}`);
  expect(statusOf([deployment()], [evicted, evicted, running(20)]).seen).toContain(
    '2 pods before it failed, the last:',
  );
});

test('a pod that was asked to end and left with a code of its own has not failed', () => {
  const left = pod(
    { phase: 'Failed', containerStatuses: [container({ ready: false, state: ended(130, 1) })] },
    { deletionTimestamp: ago(-28), deletionGracePeriodSeconds: 30 },
  );
  expect(statusOf([deployment()], [left])).toMatchObject({ status: 'creating', statusReason: 'Waits for its pod' });
  expect(statusOf([deployment()], [left, running(20)]).seen).toBe('pod bot-alpha-5d-x is ready');
});

test('a process beside the bot that died is a trouble since its end, not since the pod was made', () => {
  const proxy = container({ name: 'a-proxy', restartCount: 1, lastState: ended(9, 12) });
  const told = statusOf([deployment()], [running(11, [container(), proxy])]);
  expect(told).toMatchObject({ status: 'error', since: ago(12) });
});
