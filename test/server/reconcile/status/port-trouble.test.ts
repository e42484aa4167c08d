import { expect, test } from 'vitest';
import { portTrouble } from '../../../../server/reconcile/status/port-trouble.ts';
import type { ResultVerb, UnitOutcome } from '../../../../server/reconcile/apply/outcome.ts';

function outcome(result: ResultVerb): UnitOutcome {
  const holder = { namespace: 'claworc', name: 'bot-b-vnc' };
  const free = { chrome: 30104, terminal: 30105 };
  const clash = { port: 30102, holder, isGivenBack: result === 'waiting', free, reason: '' };
  const of = { reason: '', fields: [], corrected: false, conflicts: [] };
  const results = [
    { ...of, kind: 'Service', name: 'bot-a-vnc', result, clash },
    { ...of, kind: 'Deployment', name: 'bot-a', result: 'failed' as const },
  ];
  return { unit: 'bot-a', state: 'failed', reason: '', results, warnings: [], wrote: false, retryable: false };
}

test('another pair is offered for a port that somebody else keeps, and not for one that is given back soon', () => {
  expect(portTrouble(outcome('failed'), 'bot-a')).toMatchObject({
    repair: 'ports',
    command: 'kubectl -n claworc get service bot-b-vnc',
  });
  expect(portTrouble(outcome('waiting'), 'bot-a')).toBeUndefined();
});
