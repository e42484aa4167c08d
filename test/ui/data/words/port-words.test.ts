import { expect, test } from 'vitest';
import { portsHint } from '../../../../ui/src/data/words/port-words.ts';

const offered = { nodeport_chrome: 30102, nodeport_terminal: 30103, judged_by: 'cluster' } as const;

test('the next free pair is offered, and a guess without the cluster says what it is', () => {
  expect(portsHint(offered, null)).toContain('Empty: the next free pair, 30102 and 30103.');
  expect(portsHint({ ...offered, judged_by: 'records' }, null)).toContain(
    '30102 and 30103, judged by the records alone: no cluster could be asked.',
  );
});

test('a bot that has a pair keeps it when nothing is typed', () => {
  expect(portsHint(offered, 30100)).toContain('Empty: it keeps its pair. The next free one is 30102 and 30103.');
  expect(portsHint(undefined, 30100)).toMatch(/it keeps its pair\.$/);
});

test('that every pair is taken is said', () => {
  expect(portsHint({ ...offered, nodeport_chrome: null, nodeport_terminal: null }, null)).toContain('All 50 pairs');
});
