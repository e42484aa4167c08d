import { expect, test } from 'vitest';
import type { LiveObject } from '../../../../server/cluster/live-object.ts';
import { ago, container, deployment, ended, NOW, pod, statusOf } from './status-fixture.ts';

/** A mesh's proxy as an init container that stays on (restartPolicy Always): not in the list of containers. */
const proxy = (ready: boolean): object => ({
  name: 'a-proxy',
  ready,
  started: true,
  restartCount: 0,
  state: { running: { startedAt: ago(595) } },
});
const done = { name: 'prepare', ready: true, restartCount: 0, state: { terminated: { exitCode: 0 } } };
const unready = (secondsAgo: number): LiveObject => {
  const condition = { status: 'False', reason: 'ContainersNotReady', lastTransitionTime: ago(secondsAgo) };
  return pod({
    phase: 'Running',
    conditions: [
      { type: 'PodScheduled', status: 'True' },
      { type: 'Ready', ...condition },
      { type: 'ContainersReady', ...condition },
    ],
    initContainerStatuses: [done, proxy(false)],
    containerStatuses: [container()],
  });
};

test('a proxy that stays on beside the bot and falls ill is told: it once read as a node that does not answer', () => {
  const told = statusOf([deployment()], [unready(20)]);
  expect(told).toMatchObject({
    status: 'error',
    statusReason: 'Container a-proxy beside the bot is not ready',
    command: 'kubectl -n claworc logs bot-alpha-5d-x -c a-proxy',
  });
});

test('one that is not ready yet is what a bot waits for', () => {
  expect(statusOf([deployment()], [unready(600)])).toMatchObject({
    status: 'creating',
    statusReason: 'Waits for container a-proxy',
  });
});

test('one that died and is well again is no trouble for ever: the time of the next look is known', () => {
  const ready = { type: 'Ready', status: 'True', lastTransitionTime: ago(12) };
  const again = { ...proxy(true), restartCount: 1, lastState: ended(9, 12) };
  const conditions = [{ type: 'PodScheduled', status: 'True' }, ready];
  const lived = pod({
    phase: 'Running',
    conditions,
    initContainerStatuses: [again],
    containerStatuses: [container()],
  });
  const told = statusOf([deployment()], [lived]);
  expect(told).toMatchObject({ status: 'error', changesAt: new Date(NOW + 18_000).toISOString() });
  expect(statusOf([deployment()], [lived], { now: NOW + 18_000 })).toMatchObject({ status: 'running' });
});
