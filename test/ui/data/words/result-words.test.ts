import { expect, test } from 'vitest';
import { isTroubled, resultWords } from '../../../../ui/src/data/words/result-words.ts';
import { change } from '../../instances.ts';

const commit = 'b'.repeat(40);
const applied = { commit, state: 'applied', applied_at: '2026-11-19T14:31:50Z', applied_as: commit } as const;

test('a change that was applied says how long its bot took to be what it was to be', () => {
  const at = { result_at: '2026-11-19T14:32:02Z' };

  expect(resultWords(change({ ...applied, ...at, result: 'healthy' }))).toBe('healthy after 12 s');
  expect(resultWords(change({ ...applied, ...at, result: 'stopped' }))).toBe('stopped after 12 s');
  expect(resultWords(change({ ...applied, ...at, result: 'unwell', detail: 'Crash loop' }))).toBe(
    'did not come up: Crash loop',
  );
  expect(resultWords(change({ ...applied, result: 'gone', detail: 'kept of it: x' }))).toBe('gone, kept of it: x');
});

test('one that another took the place of names it, and one that was refused says why', () => {
  expect(resultWords(change({ ...applied, applied_as: 'c'.repeat(40) }))).toBe(
    'replaced by ccccccc before it was applied',
  );
  expect(resultWords(change({ commit, state: 'failed', detail: 'over the quota' }))).toBe('refused: over the quota');
});

test('what is not known is not made up', () => {
  expect(resultWords(change({ ...applied, applied_at: null, applied_as: null }))).toBe(
    'applied, nobody wrote down when',
  );
  expect(resultWords(change({ commit, state: 'published' }))).toBe('');
});

test('a bot that did not come up needs somebody as much as a change that was refused', () => {
  expect(
    [{ state: 'failed' }, { ...applied, result: 'unwell' }, applied].map((odd) => isTroubled(change(odd as object))),
  ).toEqual([true, true, false]);
});
