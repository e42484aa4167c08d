import { expect, test } from 'vitest';
import { applySetId, parentNameOf } from '../../../../server/reconcile/desired/applyset-id.ts';
import {
  formatGroupKinds,
  parentObject,
  parentRefusal,
  recordedKinds,
} from '../../../../server/reconcile/plan/applyset.ts';
import type { LiveObject } from '../../../../server/cluster/live-object.ts';

test('gives the ID that kubectl gives', () => {
  expect(applySetId({ name: 'my-set', namespace: 'test', kind: 'Secret', group: '' })).toBe(
    'applyset-0eFHV8ySqp7XoShsGvyWFQD3s96yqwHmzc4e0HR1dsY-v1',
  );
  expect(applySetId({ name: 'bot-0001', namespace: 'bots', kind: 'ConfigMap', group: '' })).toBe(
    'applyset-LS10cpBPbfjKnFN49HmLzMiMRFhxCQZxLDHTkqPEVOQ-v1',
  );
});

test('names kinds with their group, sorted, each once', () => {
  expect(formatGroupKinds(['Service', 'Deployment', 'NetworkPolicy', 'Service'])).toBe(
    'Deployment.apps,NetworkPolicy.networking.k8s.io,Service',
  );
});

test('reads back the kinds that a parent records', () => {
  const parent = parentObject('bot-alpha', 'claworc', ['Secret', 'Deployment'], '1.2.3') as unknown as LiveObject;
  expect(recordedKinds(parent)).toEqual(['Deployment', 'Secret']);
  expect(recordedKinds(undefined)).toEqual([]);
});

test('has a parent that no object of a unit is named like', () => {
  expect(parentNameOf('bot-alpha')).toBe('bot-alpha-applyset');
  expect(parentNameOf('fleet')).toBe('claworc-applyset');
});

test('refuses a parent of another tool, of another set, and a plain ConfigMap', () => {
  const ours = parentObject('bot-alpha', 'claworc', [], '1.2.3') as unknown as LiveObject;
  expect(parentRefusal(ours, 'bot-alpha', 'claworc')).toBeUndefined();
  expect(parentRefusal(undefined, 'bot-alpha', 'claworc')).toBeUndefined();
  expect(parentRefusal(ours, 'bot-alpha', 'elsewhere')).toContain('another ApplySet');
  const annotations = { ...ours.metadata.annotations, 'applyset.kubernetes.io/tooling': 'kubectl/v1.36.0' };
  expect(parentRefusal({ ...ours, metadata: { ...ours.metadata, annotations } }, 'bot-alpha', 'claworc')).toContain(
    'kubectl/v1.36.0',
  );
  expect(parentRefusal({ ...ours, metadata: { name: 'x' } }, 'bot-alpha', 'claworc')).toContain('not an ApplySet');
});
