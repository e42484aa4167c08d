import { expect, test } from 'vitest';
import { desiredUnit } from '../../../../server/reconcile/desired/desired.ts';
import type { DesiredObject, DesiredUnit } from '../../../../server/reconcile/desired/desired-state.ts';
import { findMissing } from '../../../../server/reconcile/apply/stages.ts';
import { LiveIndex } from '../../../../server/reconcile/live/live-index.ts';
import type { PlannedAction } from '../../../../server/reconcile/plan/plan-types.ts';
import { appliedLive } from '../live-fixture.ts';
import { RepoFixture } from '../repo-fixture.ts';

const repo = await RepoFixture.create('claworc');
await repo.record('bot-alpha').key('global', 'OPENAI_API_KEY', 'sk-0123456789abcdefghij');
const objectsOf = (unit: string): readonly DesiredObject[] =>
  (desiredUnit(repo.synth().repo, unit) as DesiredUnit & { objects: readonly DesiredObject[] }).objects;

const actionFor = (desired: DesiredObject): PlannedAction => ({
  action: 'configure',
  kind: desired.kind,
  name: desired.name,
  reason: '',
  fields: [],
  drift: false,
  desired,
});
const deployment = actionFor(objectsOf('bot-alpha').find(({ kind }) => kind === 'Deployment')!);
const secret = appliedLive(objectsOf('fleet')[0]!.object);

test('a Deployment waits for the Secret of the fleet that it names: without it, every bot once ended at the same time', () => {
  expect(findMissing(deployment, new LiveIndex().has)).toBe(
    'waits for Secret claworc-openai-api-key, which is not in the cluster: its pod could not start without',
  );
});

test('a Deployment goes ahead when its Secrets are there', () => {
  const index = new LiveIndex();
  index.put(secret);
  expect(findMissing(deployment, index.has)).toBeUndefined();
});

test('a Secret that is being deleted does not count as there', () => {
  const index = new LiveIndex();
  index.put({ ...secret, metadata: { ...secret.metadata, deletionTimestamp: '2026-11-22T10:00:00Z' } });
  expect(findMissing(deployment, index.has)).toContain('claworc-openai-api-key');
});

test('what names no Secret waits for none, and a removal neither', () => {
  const { desired, ...removal } = deployment;
  expect(desired).toBeDefined();
  const others = objectsOf('bot-alpha').filter(({ kind }) => kind !== 'Deployment');
  expect([removal, ...others.map(actionFor)].map((action) => findMissing(action, () => false))).toEqual(
    Array(others.length + 1).fill(undefined),
  );
});
