import { expect, test } from 'vitest';
import type { LiveObject } from '../../../../server/cluster/live-object.ts';
import { isFromTemplate } from '../../../../server/reconcile/live/pod-template.ts';

const ANNOTATIONS = { 'claworc.dev/config-digest': '610b119a89fd6cd7' };
const container = {
  name: 'moltbot',
  image: 'registry/moltbot:1',
  env: [{ name: 'VNC_DEPTH', value: '24' }],
  resources: { limits: { memory: '4Gi' } },
};
const spec = { containers: [container], hostname: 'bot-alpha', restartPolicy: 'Always' };

const deployment = (generation: number, status: object): LiveObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'bot-alpha', generation },
  spec: { replicas: 1, template: { metadata: { annotations: ANNOTATIONS }, spec } },
  status,
});
/** A pod as the cluster completes it: a node, tolerations and defaults that no template has. */
const pod = (changes: object = {}, annotations: object = ANNOTATIONS): LiveObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'bot-alpha-5c487ddf4b-8b5cc', annotations: { ...annotations } },
  spec: { ...spec, nodeName: 'lab', priority: 0, tolerations: [{ key: 'x' }], ...changes },
});
const fresh = deployment(1, {});

test('the first pod of a new Deployment is of its template, before the controller has said so', () => {
  expect(isFromTemplate(pod(), fresh)).toBe(true);
});

test('while a change is not taken up, a pod that differs from it is of the version before', () => {
  const ahead = deployment(7, { observedGeneration: 6, replicas: 1, updatedReplicas: 1 });
  expect(isFromTemplate(pod(), ahead)).toBe(true);
  expect(isFromTemplate(pod({ containers: [{ ...container, image: 'registry/moltbot:0' }] }), ahead)).toBe(false);
  expect(isFromTemplate(pod({ containers: [{ ...container, env: [] }] }), ahead)).toBe(false);
  expect(isFromTemplate(pod({ hostname: 'other' }), ahead)).toBe(false);
  expect(isFromTemplate(pod({}, { 'claworc.dev/config-digest': 'old' }), ahead)).toBe(false);
});

test('once it is taken up, the count of the controller decides: what admission put into a pod says nothing', () => {
  const sidecar = pod({ containers: [container, { name: 'mesh' }] });
  expect(isFromTemplate(sidecar, deployment(7, { observedGeneration: 7, replicas: 1, updatedReplicas: 1 }))).toBe(true);
  expect(isFromTemplate(pod(), deployment(7, { observedGeneration: 7, replicas: 1, updatedReplicas: 0 }))).toBe(false);
});
