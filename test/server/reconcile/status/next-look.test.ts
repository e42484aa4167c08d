import { describe, expect, test } from 'vitest';
import { ago, claim, container, deployment, ended, event, NOW, pod, running, statusOf } from './status-fixture.ts';
import { ready, ending } from './status-rows.ts';

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
