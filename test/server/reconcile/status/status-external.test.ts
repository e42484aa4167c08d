import { expect, test } from 'vitest';
import { claim, deployment, statusOf } from './status-fixture.ts';
import { ending, evicted, looping, ready, scaled, starting } from './status-rows.ts';

const DELETED = { deletionTimestamp: '2026-11-22T09:59:50Z' };
const gone = { ...claim('Pending'), metadata: { ...claim('Pending').metadata, ...DELETED } };

test.each([
  ['nothing is there', statusOf([], [], { isExternal: true })],
  ['a stopped one is not there', statusOf([], [], { isExternal: true, wanted: 0 })],
  ['its Deployment is gone', statusOf([], [ready], { isExternal: true, behind: 'not applied yet' })],
  [
    'it is to be removed',
    statusOf([deployment()], [ready], { isExternal: true, isLeaving: true, wanted: 0, behind: 'still there' }),
  ],
  ['its volumes alone are left', statusOf([], [], { isExternal: true, isLeaving: true, wanted: 0 })],
  ['it is to stop', statusOf([deployment()], [ready], { isExternal: true, wanted: 0, behind: 'not applied yet' })],
  ['it is to start', statusOf([deployment({ replicas: 0 })], [], { isExternal: true, behind: 'not applied yet' })],
  ['its Deployment is being deleted', statusOf([deployment({ metadata: DELETED })], [ready], { isExternal: true })],
  ['its volume is being deleted', statusOf([deployment(), gone], [ready], { isExternal: true })],
  ['it restarts', statusOf([deployment()], [ending()], { isExternal: true })],
  ['it starts', statusOf([deployment()], [starting], { isExternal: true })],
  ['it crashes', statusOf([deployment()], [looping(1)], { isExternal: true })],
  ['its pod was evicted', statusOf([deployment()], [evicted], { isExternal: true })],
  ['another manager scales it', statusOf([scaled(2)], [ready], { isExternal: true, behind: 'differs' })],
])('no word of a bot that another program applies promises that Claworc does anything: %s', (_, told) => {
  const words = [told.statusReason, told.seen, told.next].join('. ');
  expect(words).not.toMatch(
    /it is (made again|applied|tried again)|waits to be applied|being applied|put right|held by|Claworc/i,
  );
  expect(words).not.toBe('. . ');
});

test('a bot that leaves and of which nothing but volumes is left is being removed, and not one that is not applied yet', () => {
  expect(statusOf([], [], { isExternal: true, isLeaving: true, wanted: 0 })).toMatchObject({
    status: 'stopped',
    statusReason: 'Being removed',
    next: 'See what its removal waits for.',
  });
});

test('a bot that is not there yet sends people to its applier, and one that is to stop waits for it', () => {
  expect(statusOf([], [], { isExternal: true }).next).toBe('See that the applier of the fleet runs and follows main.');
  const stopping = statusOf([deployment()], [ready], { isExternal: true, wanted: 0, behind: 'not applied yet' });
  expect(stopping).toMatchObject({
    statusReason: 'Still running, wanted stopped: not applied yet',
    next: 'It changes when its applier applies main.',
  });
});
