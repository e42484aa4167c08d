import { expect, test } from 'vitest';
import { statusEntry } from '../../../../ui/src/data/words/words.ts';

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
