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

const around = {
  proposals: [{ number: 12, title: 'More memory for support', author: 'Ada' }],
  hasForm: true,
  isProposeOnly: false,
};
const titlesWith = (text: string, more: Partial<typeof around> = {}): string[] =>
  paletteEntries(bots, text, { ...around, ...more }).map((entry) => entry.parts.join(''));

test('an open proposal is found by its number and its title, and by the list of them', () => {
  expect(titlesWith('#12')).toEqual(['Proposal #12: More memory for support']);
  expect(titlesWith('more memory')).toEqual(['Proposal #12: More memory for support']);
  expect(titlesWith('proposals')).toEqual(['Proposals']);
  expect(paletteEntries(bots, '#12', around)[0]?.href).toBe('proposals/12');
});

test('what stands in a form is proposed while one is ready, and each act can be proposed instead', () => {
  expect(titlesWith('propose')[0]).toBe('Propose this form');
  expect(titlesWith('propose', { hasForm: false })).not.toContain('Propose this form');
  expect(titlesWith('>propose stop supplier')).toEqual(['Propose to stop Supplier chat']);
  expect(titlesWith('>restart supplier', { isProposeOnly: true })).toEqual(['Restart Supplier chat']);
  expect(paletteEntries(bots, '>restart supplier', { ...around, isProposeOnly: true })[0]?.note).toBe(
    'becomes a proposal',
  );
});
