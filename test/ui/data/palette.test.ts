import { expect, test } from 'vitest';
import { paletteEntries } from '../../../ui/src/data/palette.ts';
import { instance } from '../instances.ts';

const bots = [
  instance('bot-supplier', { display_name: 'Supplier chat' }),
  instance('bot-support', { display_name: 'Support FR', status: 'error', status_reason: 'Image tag not found' }),
  instance('bot-off', { display_name: 'Sup off', status: 'stopped' }),
];
const titles = (text: string): string[] => paletteEntries(bots, text).map((entry) => entry.parts.join(''));

test('bots in trouble come first, screens before pages, acts after them', () => {
  expect(titles('sup')).toEqual([
    'Support FR: overview',
    'Supplier chat: open Chrome',
    'Supplier chat: open Terminal',
    'Supplier chat: overview',
    'Sup off: overview',
    'Restart Support FR',
    'Stop Support FR',
    'Restart Supplier chat',
    'Stop Supplier chat',
    'Start Sup off',
  ]);
});

test('> finds acts only, and what is found is marked', () => {
  expect(titles('>off')).toEqual(['Start Sup off']);
  expect(paletteEntries(bots, 'fleet')[0]?.parts).toEqual(['', 'Fleet', '']);
});

test('an act is found by its verb, alone or with a part of the name, in any order', () => {
  expect(titles('>stop')).toEqual(['Stop Support FR', 'Stop Supplier chat']);
  expect(titles('restart supplier')).toEqual(['Restart Supplier chat']);
  expect(titles('bot-support stop')).toEqual(['Stop Support FR']);
  expect(titles('>start')[0]).toBe('Start Sup off');
  expect(titles('stop nobody')).toEqual([]);
});

test('a bot that leaves is found with its pages, and nothing of it can be started or stopped', () => {
  const leaving = instance('bot-gone', { display_name: 'Gone', leaving: { data: 'retain', waits_for: 'its pod' } });
  expect(paletteEntries([leaving], 'gone').map(({ group }) => group)).toEqual(['Bots', 'Bots', 'Bots']);
});
