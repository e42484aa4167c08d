import { expect, test } from 'vitest';
import { createConvergence } from '../../../../server/reconcile/loop/convergence.ts';
import type { LoopListener } from '../../../../server/reconcile/loop/loop-metrics.ts';
import type { UnitSync } from '../../../../server/reconcile/status/observed.ts';
import { observedOf, observedUnit } from '../observed-fixture.ts';

function follow() {
  let now = 0;
  let head = 'one';
  const observed = observedOf({ commit: () => head });
  const told: string[] = [];
  const listener: LoopListener = {
    worked: () => undefined,
    converged: (commit, seconds) => void told.push(`${commit} after ${seconds} s`),
  };
  const convergence = createConvergence(observed, listener, () => now);
  return {
    told,
    convergence,
    moveTo: (commit: string, changed: readonly string[]) => {
      observed.expect(changed);
      head = commit;
      convergence.follow(commit, changed);
    },
    see: (unit: string, sync: UnitSync) => observed.set(observedUnit(unit, { sync })),
    pass: (ms: number) => void (now += ms),
  };
}

test('a commit is come to when the last of what it changed is applied, and is told once', () => {
  const { told, convergence, moveTo, see, pass } = follow();
  moveTo('one', ['bot-alpha', 'bot-beta']);
  see('bot-alpha', 'applied');
  see('bot-beta', 'failed');
  convergence.look();
  expect(convergence.reached()).toBeNull();

  pass(2_000);
  see('bot-beta', 'applied');
  convergence.look();
  convergence.look();
  expect(told).toEqual(['one after 2 s']);
  expect(convergence.reached()).toBe('one');
});

test('what an earlier commit left undone keeps the cluster from a later one that does not touch it', () => {
  const { told, convergence, moveTo, see } = follow();
  moveTo('one', ['bot-alpha', 'bot-beta']);
  see('bot-alpha', 'applied');
  see('bot-beta', 'drifted');
  convergence.look();
  moveTo('two', ['bot-alpha']);
  see('bot-alpha', 'applied');
  convergence.look();
  expect(told).toEqual([]);

  see('bot-beta', 'applied');
  convergence.look();
  expect(told).toEqual(['two after 0 s']);
});

test('a bot that was applied for the commit before is not yet there', () => {
  const { told, convergence, moveTo, see } = follow();
  moveTo('one', ['bot-alpha']);
  see('bot-alpha', 'applied');
  convergence.look();
  moveTo('two', ['bot-alpha']);
  convergence.look();
  expect(told).toEqual(['one after 0 s']);
});
