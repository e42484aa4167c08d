import { describe } from 'vitest';
import { container, deployment, running, waiting } from './status-fixture.ts';
import { failing, testRows } from './status-rows.ts';

describe('the status of a bot: what is beside the bot', () => {
  testRows([
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
    ['a full quota', 'error', 'Over quota', 'resources', [failing('exceeded quota: bots')], []],
    ['Pod Security', 'error', 'Refused by Pod Security', 'none', [failing('violates PodSecurity "baseline"')], []],
  ]);
});
