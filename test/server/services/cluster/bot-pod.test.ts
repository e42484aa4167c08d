import { expect, test } from 'vitest';
import { containerIn } from '../../../../server/services/cluster/bot-pod.ts';

const podOf = (...names: string[]) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'bot-alpha-5d-x' },
  spec: { containers: names.map((name) => ({ name })) },
});

test('a log is read from the container of the runtime, wherever a mesh has put its sidecar', () => {
  expect(containerIn(podOf('istio-proxy', 'moltbot'), 'moltbot')).toBe('moltbot');
  expect(containerIn(podOf('moltbot', 'istio-proxy'), 'moltbot')).toBe('moltbot');
});

test('a pod without a container of that name is read by its first', () => {
  expect(containerIn(podOf('bot', 'istio-proxy'), 'moltbot')).toBe('bot');
});
