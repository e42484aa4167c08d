import { expect, test } from 'vitest';
import { reachedAt } from '../../../../server/services/instances/reached-at.ts';
import type { JournalRow } from '../../../../server/store/journal.ts';

const row = (id: number, commit: string, at: string): JournalRow => {
  return { id, at, unit: 'bot-alpha', commit, event: 'applied', detail: '' };
};
const places = new Map([
  ['c', 0],
  ['b', 1],
  ['a', 2],
]);
const change = (commit: string, published_at = '2026-11-20T12:00:00Z') => ({ commit, published_at });

test('a change is reached with its own commit, or with the first later one that was applied', () => {
  const journal = [row(1, 'a', '2026-11-20T12:01:00Z'), row(2, 'c', '2026-11-20T12:05:00Z')];

  expect(reachedAt(journal, 'applied', change('a'), places)).toBe('2026-11-20T12:01:00Z');
  expect(reachedAt(journal, 'applied', change('b'), places)).toBe('2026-11-20T12:05:00Z');
  expect(reachedAt(journal, 'healthy', change('a'), places)).toBe(null);
});

test('a commit of a wrong clock is reached when it was applied, and not before', () => {
  const journal = [row(1, 'a', '2026-11-20T12:01:00Z'), row(2, 'b', '2026-11-20T12:05:00Z')];

  expect(reachedAt(journal, 'applied', change('b', '2027-01-01T00:00:00Z'), places)).toBe('2026-11-20T12:05:00Z');
  expect(reachedAt(journal, 'applied', change('b', '2020-01-01T00:00:00Z'), places)).toBe('2026-11-20T12:05:00Z');
});

test('of commits that are not on the page the clock decides', () => {
  const journal = [row(1, 'gone', '2026-11-20T11:00:00Z'), row(2, 'newer', '2026-11-20T13:00:00Z')];

  expect(reachedAt(journal, 'applied', change('a'), places)).toBe('2026-11-20T13:00:00Z');
});
