import { expect, it } from 'vitest';
import type { BotEffect } from '../../../../server/http/schemas/effect.ts';
import { conflictTitle, effectWords, sumWords, valueWords } from '../../../../ui/src/data/words/proposal-words.ts';

const bot = (odd: Partial<BotEffect>): BotEffect => ({
  name: 'bot-a',
  action: 'configure',
  restart: 'no',
  data: 'none',
  words: [],
  fields: [],
  objects: [],
  ...odd,
});

it('what a proposal does to bots is one line, the gravest first, without the fleet', () => {
  const gone = bot({ action: 'remove', data: 'destroyed', restart: 'stop' });
  const bots = [bot({ name: 'fleet', restart: 'restart' }), bot({ restart: 'restart' }), gone];
  expect(effectWords(bots)).toBe('removes 1 bot, destroys the data of 1 bot, restarts 1 bot, stops 1 bot');
  expect(effectWords([bot({ action: 'create', restart: 'start' })])).toBe('creates 1 bot');
  expect(effectWords([bot({})])).toBe('');
});

it('sums are told where they change', () => {
  const sum = { cpu: '2', memory: '4Gi', volumes: '20Gi', bots: 2 };
  expect(sumWords({ before: sum, after: { ...sum, memory: '8Gi' } })).toEqual(['memory 4Gi → 8Gi']);
});

it('a conflict names its bot and field, and a value that is not there is said', () => {
  expect(conflictTitle({ unit: 'bot-a', field: 'spec.image' })).toBe('bot-a, image');
  expect(conflictTitle({ unit: 'bot-a', field: '' })).toBe('bot-a, all of it');
  expect([valueWords(null), valueWords('6Gi'), valueWords(3)]).toEqual(['not set', '6Gi', '3']);
});
