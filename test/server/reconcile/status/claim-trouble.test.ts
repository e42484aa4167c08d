import { expect, test } from 'vitest';
import type { LiveObject } from '../../../../server/cluster/live-object.ts';
import { ago, claim, deployment, pod, running, statusOf } from './status-fixture.ts';

const bound = (phase: string, metadata: object = {}): LiveObject => {
  const object = claim(phase);
  return {
    ...object,
    metadata: { ...object.metadata, ...metadata },
    spec: { volumeName: 'pvc-6c98da9f' },
  };
};
const lost = bound('Lost');
const ending = bound('Bound', { deletionTimestamp: ago(60), finalizers: ['kubernetes.io/pvc-protection'] });
const unschedulable = pod({
  phase: 'Pending',
  conditions: [
    {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message:
        '0/1 nodes are available: persistentvolumeclaim "bot-alpha-chrome" bound to non-existent persistentvolume "pvc-6c98da9f". not found',
    },
  ],
});
const keep = `kubectl patch persistentvolume pvc-6c98da9f -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`;

test('a claim that has lost its volume is an error: it once read as a volume that the storage class was making', () => {
  const told = statusOf([deployment(), lost], [unschedulable]);
  expect(told).toMatchObject({ status: 'error', statusReason: 'Volume is lost', repair: 'volume' });
  expect(told.seen).toContain('claim bot-alpha-chrome is bound to PersistentVolume pvc-6c98da9f');
  expect(told.next).toContain('make PersistentVolume pvc-6c98da9f again');
});

test('so it is for a pod that runs on with it, and it is said of a stopped bot', () => {
  expect(statusOf([deployment(), lost], [running(300)])).toMatchObject({
    status: 'error',
    statusReason: 'Volume is lost',
  });
  expect(statusOf([deployment({ replicas: 0 }), lost], [], { wanted: 0 })).toMatchObject({
    status: 'stopped',
    statusReason: 'Volume is lost',
  });
});

test('a claim that somebody deleted under a running bot is told before a restart loses its data, with what keeps it', () => {
  const told = statusOf([deployment(), ending], [running(300)]);
  expect(told).toMatchObject({ status: 'error', statusReason: 'Volume is being deleted', command: keep });
  expect(told.seen).toBe(
    'pod bot-alpha-5d-x is ready; somebody deleted claim bot-alpha-chrome at 2026-11-22T09:59:00Z; it goes when the pod ends',
  );
  expect(told.since).toBe(ago(60));
});

test('the volumes of a bot that leaves go as main says', () => {
  const told = statusOf([deployment(), ending], [running(300)], { wanted: 0, isLeaving: true });
  expect(told.statusReason).not.toContain('Volume');
});

test('no advice ever says to delete a claim', () => {
  for (const told of [statusOf([deployment(), lost], []), statusOf([deployment(), ending], [running(300)])]) {
    expect(`${told.next} ${told.command ?? ''}`).not.toMatch(/delete/);
  }
});
