import { expect, it } from 'vitest';
import { fateWords, isAsked, type WaitingRemoval } from '../../../../ui/src/data/words/removal-words.ts';

const bot: WaitingRemoval = { name: 'bot-alpha', kind: 'bot', data: 'retain', waits_for: 'approval', until: null };

it('says what becomes of the data of each bot whose removal is asked about', () => {
  expect(fateWords(bot)).toBe('its volumes are kept');
  expect(fateWords({ ...bot, data: 'destroy' })).toBe('its volumes are destroyed with it');
  expect(fateWords({ ...bot, kind: 'kept_data', data: 'destroy' })).toContain('kept volumes are destroyed');
});

it('asks about no removal that goes by itself', () => {
  expect([bot, { ...bot, waits_for: 'turn' as const }].map(isAsked)).toEqual([true, false]);
});
