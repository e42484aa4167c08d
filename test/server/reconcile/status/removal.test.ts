import { expect, test } from 'vitest';
import type { LiveObject } from '../../../../server/cluster/live-object.ts';
import { ago, container, deployment, running, statusOf } from './status-fixture.ts';

const leaving = (secondsAgo: number, finalizers = ['foregroundDeletion']): LiveObject => {
  const object = deployment({ metadata: { deletionTimestamp: ago(secondsAgo), finalizers } });
  const template = { spec: { containers: [{ name: 'moltbot' }], terminationGracePeriodSeconds: 30 } };
  return { ...object, spec: { replicas: 1, template } };
};
const ending = (secondsLeft: number): LiveObject =>
  running(-10, [container({ ready: false })], {
    deletionTimestamp: ago(-secondsLeft),
    deletionGracePeriodSeconds: 30,
  });
const removal = { wanted: 0, isLeaving: true };

test('a Deployment waits for its pod, whose grace period is its own: nothing is wrong before that is over', () => {
  const told = statusOf([leaving(70)], [ending(5)], removal);
  expect(told).toMatchObject({ status: 'stopped', statusReason: 'Being removed' });
  expect(told.seen).toContain('pod bot-alpha-5d-x on node lab is ending');
});

test('a Deployment whose pod has just ended is not late', () => {
  expect(statusOf([leaving(40)], [], removal)).toMatchObject({ status: 'stopped', statusReason: 'Being removed' });
  expect(statusOf([leaving(40)], [], removal).changesAt).toBe(new Date(Date.parse(ago(-20))).toISOString());
});

test('a Deployment that stays when all is gone waits for the garbage collector, which no person has set', () => {
  const told = statusOf([leaving(90)], [], removal);
  expect(told).toMatchObject({ status: 'error', statusReason: 'Its removal does not end' });
  expect(told.seen).toContain('the garbage collector of the cluster holds it');
  expect(told.next).toContain('controller manager');
  const held = statusOf([leaving(90, ['foregroundDeletion', 'example.com/hold'])], [], removal);
  expect(held.next).toBe('See that what set example.com/hold runs and lets it go.');
});

test('a change that is just being applied waits for nothing', () => {
  const told = statusOf([deployment()], [running(300)], { wanted: 0, behind: 'being applied' });
  expect(told).toMatchObject({ statusReason: 'Still running, wanted stopped: being applied', next: 'Nothing to do.' });
  const held = statusOf([deployment()], [running(300)], { wanted: 0, behind: 'no rights' });
  expect(held.next).toBe('It is applied as soon as what holds it is gone.');
});
