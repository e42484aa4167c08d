import { expect, test } from 'vitest';
import { eventsOf, heldEvent } from '../../../../server/reconcile/loop/unit-events.ts';
import type { ActionResult, UnitOutcome } from '../../../../server/reconcile/apply/outcome.ts';

const COMMIT = 'abc1234def';
const result = (changes: Partial<ActionResult>): ActionResult => ({
  ...{ result: 'configured', kind: 'Deployment', name: 'bot-alpha', reason: '' },
  ...{ fields: [], corrected: false, conflicts: [] },
  ...changes,
});
const outcome = (changes: Partial<UnitOutcome>): UnitOutcome => ({
  ...{ unit: 'bot-alpha', state: 'done', reason: '', results: [], warnings: [], wrote: true, retryable: false },
  ...changes,
});
const short = (of: UnitOutcome): string[] =>
  eventsOf(of, COMMIT).map(({ type, reason, note }) => `${type} ${reason}: ${note}`);

test('what was applied is told with its commit, and what nothing became of is not', () => {
  const results = [result({ result: 'created' }), result({ result: 'created' }), result({ result: 'unchanged' })];
  expect(short(outcome({ results }))).toEqual(['Normal Applied: abc1234: 2 objects created']);
  expect(short(outcome({ wrote: false, results: [result({ result: 'unchanged' })] }))).toEqual([]);
});

test('drift is told with its fields and who made it', () => {
  const fields = [{ field: 'spec.replicas', main: '1', live: '0', owners: ['kubectl-scale'] }];
  const results = [result({ corrected: true, correctedFrom: ['kubectl-scale'], fields })];
  expect(short(outcome({ results }))).toEqual([
    'Warning DriftCorrected: put right as main says: Deployment bot-alpha: spec.replicas (changed by kubectl-scale)',
  ]);
});

test('a conflict is told with the manager, a failure with its words, a removal with its count', () => {
  const conflicts = [{ manager: 'keda-operator', field: 'spec.replicas' }];
  expect(short(outcome({ results: [result({ result: 'conflict', conflicts })], wrote: false }))).toEqual([
    'Warning Conflict: Deployment bot-alpha: spec.replicas is held by keda-operator',
  ]);
  expect(short(outcome({ state: 'failed', reason: 'over quota', wrote: false }))).toEqual([
    'Warning Failed: over quota',
  ]);
  const gone = [result({ result: 'pruned' }), result({ result: 'retained' }), result({ result: 'pruned' })];
  expect(short(outcome({ results: gone }))).toEqual(['Normal Removed: 2 objects pruned, 1 object retained']);
});

test('a note is cut to what the API server takes, at a whole character', () => {
  const { note } = heldEvent(`${'x'.repeat(995)}ööö`);
  expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1_000);
  expect(note).toMatch(/x…$/);
});
