import { expect, test } from 'vitest';
import { newResults, type Result, type Seen } from '../../../../server/services/history/new-results.ts';
import type { ObservedUnit } from '../../../../server/reconcile/status/observed.ts';
import type { JournalRow } from '../../../../server/store/journal.ts';
import { observedUnit } from '../../reconcile/observed-fixture.ts';

const NOW = '2026-11-20T12:10:00.000Z';
const at = (minute: number): string => `2026-11-20T12:0${minute}:00.000Z`;

function seen(live: Partial<ObservedUnit>, more: Partial<Seen> = {}): Seen {
  const unit = observedUnit('bot-alpha', { sync: 'applied', commit: 'b', appliedAt: at(5), ...live });
  const rest = { about: 'b', reached: 'a', isChanged: false, isRemoved: false, wasLeaving: false, kept: [] };
  return { live: unit, ...rest, ...more };
}
const row = (event: JournalRow['event'], commit: string, time: string, detail = ''): JournalRow => {
  return { id: 1, at: time, unit: 'bot-alpha', commit, event, detail };
};
const short = (results: readonly Result[]): unknown => results.map((each) => [each.event, each.commit, each.at]);
const KNOWN = [row('healthy', 'a', at(2)), row('applied', 'a', at(1))];

test('a commit that was refused is never written down as applied, however long its objects are there', () => {
  const results = newResults(seen({ sync: 'failed', reason: 'Deployment bot-alpha: over the quota' }), KNOWN, NOW);

  expect(results).toEqual([
    { unit: 'bot-alpha', commit: 'b', event: 'failed', at: NOW, detail: 'Deployment bot-alpha: over the quota' },
  ]);
});

test('the same refusal is written down once for a commit, and again for the next commit', () => {
  const refusal = seen({ sync: 'failed', reason: 'over the quota' });
  const known = [row('failed', 'b', at(5), 'over the quota'), ...KNOWN];

  expect(newResults(refusal, known, NOW)).toEqual([]);
  expect(newResults({ ...refusal, isChanged: true }, known, NOW)).toHaveLength(1);
});

test('a refusal whose words are others each time does not fill the record', () => {
  const known = Array.from({ length: 10 }, (_, index) => row('failed', 'b', at(5), `try ${index}`));

  expect(newResults(seen({ sync: 'failed', reason: 'try 10' }), [...known, ...KNOWN], NOW)).toEqual([]);
});

test('a value that looks like a key is not in what is written down', () => {
  const key = ['sk', 'ant', 'api03', 'abcdefghijklmnopqrstuvwxyz0123456789'].join('-');
  const [result] = newResults(seen({ sync: 'failed', reason: `env: ${key} is none` }), [], NOW);

  expect(result?.detail).toContain(' is none');
  expect(result?.detail).not.toContain('abcdefghijkl');
});

test('a bot that runs on is healthy when its commit was applied, and not before', () => {
  const results = newResults(seen({ healthyAt: at(2) }), KNOWN, NOW);

  expect(short(results)).toEqual([
    ['applied', 'b', at(5)],
    ['healthy', 'b', at(5)],
  ]);
});

test('a bot that is replaced is healthy when its new pod is', () => {
  const applied = newResults(seen({ status: 'creating' }), KNOWN, NOW);
  const known = [row('applied', 'b', at(5)), ...KNOWN];

  expect(short(applied)).toEqual([['applied', 'b', at(5)]]);
  expect(short(newResults(seen({ healthyAt: at(7) }, { reached: 'b' }), known, NOW))).toEqual([
    ['healthy', 'b', at(7)],
  ]);
});

test('a bot that does not come up says why, once, and is healthy after that', () => {
  const trouble = seen({ status: 'error', statusReason: 'Crash loop, 3 restarts' }, { reached: 'b' });
  const known = [row('applied', 'b', at(5)), ...KNOWN];
  const [unwell] = newResults(trouble, known, NOW);
  const after = [row('unwell', 'b', at(6)), ...known];

  expect(unwell).toMatchObject({ event: 'unwell', detail: 'Crash loop, 3 restarts' });
  expect(
    newResults({ ...trouble, live: { ...trouble.live, statusReason: 'Crash loop, 4 restarts' } }, after, NOW),
  ).toEqual([]);
  expect(short(newResults(seen({ healthyAt: at(7) }, { reached: 'b' }), after, NOW))).toEqual([
    ['healthy', 'b', at(7)],
  ]);
});

test('a bot that is to stop is done when it has stopped, and has not become healthy', () => {
  const live = { status: 'stopped', wish: 'stopped', since: at(6) } as const;

  expect(short(newResults(seen(live), KNOWN, NOW))).toEqual([
    ['applied', 'b', at(5)],
    ['stopped', 'b', at(6)],
  ]);
});

test('a process that was started again writes nothing down of what it finds as it was', () => {
  const found = seen({ commit: 'newer', appliedAt: '2026-11-20T12:01:00Z', healthyAt: at(2) }, { reached: undefined });
  const known = [row('healthy', 'a', at(2)), row('applied', 'a', '2026-11-20T12:01:00.400Z')];

  expect(newResults(found, known, NOW)).toEqual([]);
  expect(newResults({ ...found, reached: 'newer' }, known, NOW)).toEqual([]);
});

test('what was applied while the process was away is written down with the time that the cluster tells', () => {
  const found = seen({ appliedAt: '2026-11-20T12:05:00Z', healthyAt: at(6) }, { reached: undefined });

  expect(short(newResults(found, KNOWN, NOW))).toEqual([
    ['applied', 'b', '2026-11-20T12:05:00Z'],
    ['healthy', 'b', at(6)],
  ]);
});

test('a commit that asks for nothing new is applied when that was seen', () => {
  const results = newResults(seen({ appliedAt: at(1), healthyAt: at(2) }), KNOWN, NOW);

  expect(short(results)).toEqual([
    ['applied', 'b', NOW],
    ['healthy', 'b', NOW],
  ]);
});

test('a bot that was removed ends gone, with what is left of it, and never healthy', () => {
  const going = seen({ leaving: { data: 'retain', waitsFor: '', isStuck: false, objects: [] } }, { isRemoved: true });
  const left = seen({ appliedAt: null }, { isRemoved: true, wasLeaving: true, kept: ['bot-alpha-clawd'] });

  expect(newResults(going, KNOWN, NOW)).toEqual([]);
  expect(newResults(left, KNOWN, NOW)).toMatchObject([
    { event: 'gone', at: NOW, detail: 'kept of it: bot-alpha-clawd' },
  ]);
  expect(newResults(left, [row('gone', 'b', at(9)), ...KNOWN], NOW)).toEqual([]);
});

test('of a bot that had gone before anybody looked no time is made up', () => {
  expect(newResults(seen({ appliedAt: null }, { isRemoved: true }), [], NOW)).toEqual([]);
});
