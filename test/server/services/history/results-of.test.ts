import { expect, test } from 'vitest';
import { resultsOf, type ResultOfChange } from '../../../../server/services/history/results-of.ts';
import type { JournalRow } from '../../../../server/store/journal.ts';

const at = (minute: number): string => `2026-11-20T12:0${minute}:00.000Z`;
const change = (commit: string, minute: number) => ({ commit, published_at: at(minute) });
const row = (event: JournalRow['event'], commit: string, minute: number, detail = ''): JournalRow => {
  return { id: 1, at: at(minute), unit: 'bot-alpha', commit, event, detail };
};
const short = (results: readonly ResultOfChange[]): unknown =>
  results.map(({ state, applied_as, result, detail }) => [state, applied_as, result, detail].filter(Boolean).join(' '));

/** Newest first. */
const CHANGES = [change('c', 4), change('b', 2), change('a', 0)];

test('each change is told with its own result, and one that was passed over with the commit that took its place', () => {
  const journal = [
    row('applied', 'a', 1),
    row('healthy', 'a', 1),
    row('applied', 'c', 5),
    row('unwell', 'c', 6, 'Crash'),
  ];

  const results = resultsOf(CHANGES, journal);

  expect(short(results)).toEqual(['applied c unwell Crash', 'applied c', 'applied a healthy']);
  expect(results.map(({ applied_at }) => applied_at)).toEqual([at(5), at(5), at(1)]);
  expect(results.map(({ healthy_at }) => healthy_at)).toEqual([null, null, at(1)]);
});

test('a change that was refused stays refused after a later one was applied', () => {
  const journal = [row('applied', 'a', 1), row('failed', 'b', 3, 'over the quota'), row('applied', 'c', 5)];

  expect(short(resultsOf(CHANGES, journal))).toEqual(['applied c', 'failed over the quota', 'applied a']);
});

test('what was refused first and applied then is applied', () => {
  const journal = [row('failed', 'c', 4, 'no answer'), row('applied', 'c', 5), row('healthy', 'c', 5)];

  expect(resultsOf(CHANGES, journal)[0]).toMatchObject({ state: 'applied', result: 'healthy', detail: '' });
});

test('a commit of a wrong clock has the result of its own commit', () => {
  const wrong = [{ commit: 'b', published_at: '2027-01-01T00:00:00Z' }, change('a', 0)];

  expect(short(resultsOf(wrong, [row('applied', 'a', 1), row('applied', 'b', 2)]))).toEqual(['applied b', 'applied a']);
});

test('what happened under the commit of another bot belongs to the change that was newest then', () => {
  const journal = [row('applied', 'x', 1), row('applied', 'y', 3)];

  expect(short(resultsOf(CHANGES, journal))).toEqual(['published', 'applied b', 'applied a']);
});

test('of changes from before the record began no time is told', () => {
  const results = resultsOf(CHANGES, [row('applied', 'c', 5)]);

  expect(short(results)).toEqual(['applied c', 'applied', 'applied']);
  expect(results.map(({ applied_at }) => applied_at)).toEqual([at(5), null, null]);
});

test('a page of older changes does not take what belongs to the page before', () => {
  const [newer, ...older] = CHANGES;
  const journal = [row('applied', 'a', 1), row('applied', 'x', 6), row('unwell', 'c', 7, 'Crash')];

  expect(short(resultsOf(older, journal, newer))).toEqual(['applied x', 'applied a']);
});

test('a removal ends with what is left', () => {
  const journal = [row('applied', 'a', 1), row('gone', 'c', 5, 'kept of it: x')];

  expect(short(resultsOf([change('c', 4), change('a', 0)], journal))).toEqual([
    'applied c gone kept of it: x',
    'applied a',
  ]);
});
