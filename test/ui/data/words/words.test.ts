import { expect, test } from 'vitest';
import { screenWords, statusEntry } from '../../../../ui/src/data/words/words.ts';

test.each([
  ['connected', 'Creating', true],
  ['unreachable', 'Creating', false],
  ['offered', 'Waiting', false],
  ['none', 'Waiting', false],
] as const)('a bot that is being created turns only in a cluster that answers: %s', (cluster, word, turning) => {
  const entry = statusEntry('creating', cluster);
  expect([entry.word, entry.turning]).toEqual([word, turning]);
});

test('what lives has its own word, whatever the cluster does', () => {
  for (const status of ['running', 'stopped', 'error'] as const) {
    expect(statusEntry(status, 'none')).toBe(statusEntry(status, 'connected'));
  }
});

test('a screen opens by itself only where a pod is on its way', () => {
  const leaving = { data: 'retain', waits_for: 'its pod ends' } as const;
  const words = (['running', 'creating', 'stopped', 'error'] as const).map((status) =>
    screenWords({ status, leaving: null }),
  );

  expect(words.map((each) => each.includes('opens by itself'))).toEqual([false, true, false, false]);
  expect(words[2]).toBe('start the bot to see it');
  expect(screenWords({ status: 'stopped', leaving })).toBe('there is none of a bot that leaves');
});
