import { describe, expect, test } from 'vitest';
import {
  isTouched,
  reasonsOf,
  totalWords,
  unitWords,
  type PlannedUnit,
} from '../../../../ui/src/data/words/plan-words.ts';

const action = (verb: string, reason = ''): PlannedUnit['actions'][number] => ({
  action: verb,
  kind: 'Service',
  name: 'bot-alpha-vnc',
  reason,
  effect: 'none',
});
const unit = (...actions: PlannedUnit['actions']): PlannedUnit => ({
  name: 'bot-alpha',
  state: 'present',
  reason: '',
  words: '',
  actions,
});
const held: PlannedUnit = {
  name: 'bot-beta',
  state: 'held',
  reason: 'claworc.yaml is missing',
  words: '',
  actions: [],
};

describe('a plan in words', () => {
  test('counts by what happens to the objects, and leaves out what does not happen', () => {
    const some = unit(action('create'), action('configure'), action('create'), action('replace'));
    expect(unitWords(some)).toBe('2 created, 1 configured, 1 replaced');
    expect(unitWords(unit(action('prune'), action('retain')))).toBe('1 removed, 1 kept');
    expect(unitWords(unit())).toBe('no change');
  });

  test('what happens to the bot is said first', () => {
    expect(unitWords({ ...unit(action('configure')), words: 'restarts' })).toBe('restarts: 1 configured');
  });

  test('objects that are skipped and objects of others are held', () => {
    expect(unitWords(unit(action('skip'), action('conflict'), action('create')))).toBe('1 created, 2 held');
  });

  test('a unit that is held says so with its reason', () => {
    expect(unitWords(held)).toBe('held');
    expect(reasonsOf(held)).toEqual(['claworc.yaml is missing']);
    expect([isTouched(held), isTouched(unit()), isTouched(unit(action('create')))]).toEqual([true, false, true]);
  });

  test('the same reason of several objects is said once', () => {
    const foreign = 'belongs to somebody else';
    const reasons = unit(action('conflict', foreign), action('conflict', foreign), action('retain', 'data is kept'));
    expect(reasonsOf(reasons)).toEqual([foreign, 'data is kept']);
  });

  test('the total is over all units', () => {
    expect(totalWords([unit(action('create')), unit(action('create'), action('prune'))])).toBe('2 created, 1 removed');
    expect(totalWords([unit(action('create')), held])).toBe('1 created; 1 unit held whole');
    expect(totalWords([])).toBe('no change');
  });
});
