import { describe } from 'vitest';
import { ago, claim, deployment, event, pod, waiting } from './status-fixture.ts';
import { ending, unschedulable, testRows } from './status-rows.ts';

describe('the status of a bot: volumes', () => {
  testRows([
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
      {
        events: [event('PersistentVolumeClaim', 'ProvisioningFailed', 'no such class', { firstAt: ago(29), count: 4 })],
      },
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
  ]);
});
