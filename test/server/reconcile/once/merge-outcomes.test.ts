import { describe, expect, it } from 'vitest';
import { mergeOutcomes } from '../../../../server/reconcile/once/merge-outcomes.ts';
import type { ActionResult, ResultVerb, UnitOutcome } from '../../../../server/reconcile/apply/outcome.ts';

const result = (kind: string, name: string, verb: ResultVerb, more: Partial<ActionResult> = {}): ActionResult => ({
  result: verb,
  kind,
  name,
  reason: '',
  fields: [],
  corrected: false,
  conflicts: [],
  ...more,
});
const outcome = (state: UnitOutcome['state'], results: readonly ActionResult[], wrote = false): UnitOutcome => ({
  unit: 'bot-alpha',
  state,
  reason: '',
  results,
  warnings: [],
  wrote,
  retryable: state !== 'done',
});
const told = ({ results }: UnitOutcome): string[] =>
  results.map(({ kind, name, result: verb }) => `${kind}/${name} ${verb}`);

describe('two passes over one unit', () => {
  it('tell a claim that the volume binder wrote between look and write as retained, not as failed too', () => {
    const stale = { type: 'stale', message: 'the object has been modified' } as const;
    const first = outcome(
      'failed',
      [
        result('Deployment', 'bot-alpha', 'pruned'),
        result('PersistentVolumeClaim', 'bot-alpha-chrome', 'failed', { failure: stale }),
        result('ConfigMap', 'bot-alpha-config', 'skipped', { reason: 'something before it failed' }),
      ],
      true,
    );
    const second = outcome('done', [
      result('PersistentVolumeClaim', 'bot-alpha-chrome', 'retained'),
      result('ConfigMap', 'bot-alpha-config', 'pruned'),
    ]);

    const merged = mergeOutcomes(first, second);

    expect(merged).toMatchObject({ state: 'done', wrote: true });
    expect(told(merged)).toEqual([
      'Deployment/bot-alpha pruned',
      'PersistentVolumeClaim/bot-alpha-chrome retained',
      'ConfigMap/bot-alpha-config pruned',
    ]);
  });

  it('tell what was waited for and is gone as pruned', () => {
    const first = outcome('waiting', [result('Deployment', 'bot-alpha', 'waiting')], true);

    expect(told(mergeOutcomes(first, outcome('done', [])))).toEqual(['Deployment/bot-alpha pruned']);
  });
});
