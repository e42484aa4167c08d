import { expect, test } from 'vitest';
import type { LiveObject } from '../../../../server/cluster/live-object.ts';
import type { StatusInput } from '../../../../server/reconcile/status/status.ts';
import { ago, container, deployment, ended, holding, pod, running, statusOf, waiting } from './status-fixture.ts';

export const ready = running(300);
export const starting = running(-600, [container({ ready: false, state: { running: { startedAt: ago(599) } } })]);
export const ending = (metadata: object = {}): LiveObject =>
  running(300, [container()], {
    name: 'bot-alpha-5d-old',
    deletionTimestamp: ago(-20),
    deletionGracePeriodSeconds: 30,
    ...metadata,
  });
export const unschedulable = (message: string): LiveObject =>
  pod({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }] });
export const looping = (exitCode: number, reason = 'Error'): LiveObject =>
  waiting('CrashLoopBackOff', 'back-off', { restartCount: 6, lastState: ended(exitCode, 5, reason) });
export const failing = (message: string): LiveObject =>
  deployment({ status: { conditions: [{ type: 'ReplicaFailure', status: 'True', message }] } });
export const evictedForDisk = pod({
  phase: 'Failed',
  reason: 'Evicted',
  message: 'The node was low on resource: ephemeral-storage.',
});
export const evicted = pod({ phase: 'Failed', reason: 'Evicted', message: 'low on memory' });
export const scaled = (replicas: number): LiveObject => deployment({ replicas, metadata: holding('keda-operator') });
export const stop = { wanted: 0 };

export type Row = readonly [
  state: string,
  status: string,
  reason: string,
  repair: string,
  objects: readonly LiveObject[],
  pods: readonly LiveObject[],
  more?: Partial<StatusInput>,
];

/** Each row as a test: its status, why, what mends it, and that rule, evidence and next step are told. */
export function testRows(table: readonly Row[]): void {
  const rows = table.map(([state, status, reason, repair, ...seen]) => ({
    state,
    status,
    reason,
    repair,
    view: statusOf(...seen),
  }));
  test.each(rows)('with $state is $status: $reason ($repair)', ({ status, reason, repair, view }) => {
    expect([view.status, view.statusReason, view.repair]).toEqual([status, reason, repair]);
    expect(view.rule.toLowerCase()).toContain(`${status} means`);
    expect(view.seen).not.toBe('');
    expect(view.next).not.toBe('');
    if (status === 'error') expect(view.next).not.toBe('Nothing to do.');
  });
}
