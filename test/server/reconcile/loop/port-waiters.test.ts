import { expect, test } from 'vitest';
import type { LiveObject } from '../../../../server/cluster/live-object.ts';
import { createPortWaiters } from '../../../../server/reconcile/loop/port-waiters.ts';
import type { UnitOutcome } from '../../../../server/reconcile/apply/outcome.ts';

const service = (nodePort?: number): LiveObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'bot-b-vnc' },
  spec: { ports: [{ port: 80, ...(nodePort !== undefined && { nodePort }) }] },
});

function outcome(result: 'waiting' | 'failed'): UnitOutcome {
  const holder = { namespace: 'claworc', name: 'bot-b-vnc' };
  const clash = { port: 30102, holder, isGivenBack: result === 'waiting', free: null, reason: '' };
  const of = { kind: 'Service', name: 'bot-a-vnc', reason: '', fields: [], corrected: false, conflicts: [] };
  const results = [{ ...of, result, clash }];
  return { unit: 'bot-a', state: result, reason: '', results, warnings: [], wrote: false, retryable: false };
}

test('a unit that waits for a node port is let go once, when the Service that had it has it no more', () => {
  let found: LiveObject | undefined = service(30102);
  const waiters = createPortWaiters(() => found);
  waiters.note(outcome('waiting'));

  expect(waiters.release()).toEqual([]);
  found = service(30104);
  expect(waiters.release()).toEqual(['bot-a']);
  expect(waiters.release()).toEqual([]);
});

test('a unit that waits for a node port is let go when the Service that had it is deleted', () => {
  const waiters = createPortWaiters(() => undefined);
  waiters.note(outcome('waiting'));

  expect(waiters.release()).toEqual(['bot-a']);
});

test('a unit whose port a stranger has waits for nobody, also when it waited before', () => {
  const waiters = createPortWaiters(() => undefined);
  waiters.note(outcome('waiting'));
  waiters.note(outcome('failed'));

  expect(waiters.release()).toEqual([]);
});
