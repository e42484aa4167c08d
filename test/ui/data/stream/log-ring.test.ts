import { expect, test } from 'vitest';
import { levelOf, LogRing } from '../../../../ui/src/data/stream/log-ring.ts';

const lines = (count: number, text = 'line'): { at: null; text: string }[] =>
  Array.from({ length: count }, (_, index) => ({ at: null, text: `${text} ${index}` }));

test('a flood is held in few blocks, the oldest leaves whole', () => {
  const ring = new LogRing(1_000);
  for (let batch = 0; batch < 100; batch += 1) ring.add(lines(100));

  expect(ring.size).toBeGreaterThanOrEqual(1_000);
  expect(ring.size).toBeLessThanOrEqual(1_200);
  expect(ring.blocks.at(-1)?.lines.at(-1)?.number).toBe(10_000);
  expect(ring.blocks.every((block) => block.lines.length <= 200)).toBe(true);
});

test('blocks that got no line keep their identity', () => {
  const ring = new LogRing();
  ring.add(lines(250));
  const [first] = ring.blocks;
  ring.add(lines(1));
  expect(ring.blocks[0]).toBe(first);
});

test('lines are found by their text, colours of the terminal are not part of it', () => {
  const ring = new LogRing();
  ring.add([
    { at: null, text: '\u001b[31mERROR\u001b[0m search failed' },
    { at: null, text: 'ok' },
    { at: null, text: 'Search ok' },
  ]);
  expect(ring.find('search')).toEqual([1, 3]);
  expect(ring.find('')).toEqual([]);
  expect(ring.text()).toBe('ERROR search failed\nok\nSearch ok');
});

test.each([
  ['2026-11-19 14:31 ERROR boom', 'error'],
  ['[warn] careful', 'warn'],
  ['level=info msg=x', 'info'],
  ['DEBUG x', 'debug'],
  ['terrors of the deep', ''],
])('%s has the level %j', (text, level) => expect(levelOf(text)).toBe(level));
