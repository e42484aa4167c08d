import { expect, test } from 'vitest';
import { isFixed } from '../../../../server/reconcile/plan/fixed-fields.ts';
import { judgeChange } from '../../../../server/reconcile/plan/immutable.ts';
import { MemoryCluster } from '../memory-cluster.ts';

const service = (spec: Readonly<Record<string, unknown>>) => ({ kind: 'Service', spec });
const frozen = { immutable: true };

test.each([
  ['Deployment', 'spec.selector', {}, true],
  ['Deployment', 'spec.strategy.type', {}, false],
  ['Service', 'spec.clusterIP', service({ clusterIP: '10.0.0.1' }), true],
  ['Service', 'spec.clusterIP', service({ type: 'ExternalName', clusterIP: '10.0.0.1' }), false],
  ['Service', 'spec.clusterIP', service({}), false],
  ['Service', 'spec.type', service({ clusterIP: '10.0.0.1' }), false],
  ['ConfigMap', 'data[clawdbot.json]', frozen, true],
  ['ConfigMap', 'metadata.labels.app', frozen, false],
  ['ConfigMap', 'data[clawdbot.json]', {}, false],
  ['ConfigMap', 'immutable', {}, false],
  ['Secret', 'type', {}, true],
  ['Secret', 'immutable', {}, false],
  ['Secret', 'data.KEY', frozen, true],
  ['Secret', 'metadata.annotations[claworc.dev/digest]', frozen, true],
  ['Secret', 'metadata.annotations[claworc.dev/digest]', {}, false],
  ['NetworkPolicy', 'spec.podSelector', {}, false],
] as const)('%s %s of %j is fixed: %s', (kind, field, live, expected) => {
  expect(isFixed(kind, field, live)).toBe(expected);
});

test('of a claim its size and its attributes class change in place, nothing else does', () => {
  const live = {
    ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
    metadata: { name: 'bot-alpha-chrome' },
    status: { phase: 'Bound' },
  };
  const judge = (field: string) =>
    judgeChange('PersistentVolumeClaim', [{ field, main: 'b', live: 'a', owners: [] }], live);
  expect(judge('spec.volumeAttributesClassName').verdict).toBe('possible');
  expect(judge('metadata.labels.app').verdict).toBe('possible');
  for (const field of [
    'spec.storageClassName',
    'spec.accessModes',
    'spec.volumeMode',
    'spec.resources.limits.storage',
  ]) {
    expect(judge(field).verdict).toBe('impossible');
  }
});

test('a config that somebody made immutable is replaced when main has another one, and the plan says what that costs', async () => {
  await using cluster = await MemoryCluster.withAlpha();
  await cluster.apply();
  cluster.edit('ConfigMap', 'bot-alpha-config', 'kubectl-patch', { immutable: true });
  cluster.repo.record('bot-alpha', { config: '{}' }).synth().commit();
  const action = (await cluster.plan()).units[0]?.actions.find(({ kind }) => kind === 'ConfigMap');
  expect(action).toMatchObject({
    action: 'replace',
    reason: expect.stringMatching(
      /can't be changed: the ConfigMap is deleted and made again, its pod goes on$/,
    ) as string,
  });
});
