import { describe } from 'vitest';
import { container, deployment, pod, running, waiting } from './status-fixture.ts';
import { ready, starting, ending, evicted, testRows } from './status-rows.ts';

describe('the status of a bot: a bot on its way or well', () => {
  testRows([
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
  ]);
});
