import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInstanceName } from '../../../constructs/repo/paths.ts';
import { instanceNameOf, keySlug, secretName } from '../../../constructs/schema/index.ts';

describe('instanceNameOf', () => {
  it.each([
    ['Bot Alpha', 'bot-alpha'],
    ['My Test Bot #3', 'bot-my-test-bot-3'],
    ['Production WhatsApp', 'bot-production-whatsapp'],
    ['bot', 'bot-bot'],
    ['bot-bot', 'bot-bot'],
    ['  spaced   out  ', 'bot-spaced-out'],
    ['snake_case_name', 'bot-snake-case-name'],
    ['--a--b--', 'bot-a-b'],
    ['Ünïcödé', 'bot-ncd'],
    ['7', 'bot-7'],
    ['x'.repeat(80), `bot-${'x'.repeat(46)}`],
    [`${'x'.repeat(45)}-y`, `bot-${'x'.repeat(45)}`],
  ])('calls %j %s', (displayName, name) => {
    expect(instanceNameOf(displayName)).toEqual({ ok: true, name });
  });

  it.each(['', '   ', '###', '日本', '-_-', 'Bot-'.slice(3)])('refuses %j, of which nothing is left', (displayName) => {
    expect(instanceNameOf(displayName)).toMatchObject({ ok: false });
  });

  it('gives nothing but names that are instance names', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (displayName) => {
        const result = instanceNameOf(displayName);

        if (result.ok) expect(isInstanceName(result.name)).toBe(true);
      }),
    );
  });
});

describe('names of keys', () => {
  it('are told apart by their Secrets as they are by their names', () => {
    const key = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,20}$/);
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(keySlug(a) === keySlug(b)).toBe(a === b);
      }),
    );
  });

  it('are the fleet’s or the instance’s', () => {
    expect(secretName('global', 'ANTHROPIC_API_KEY')).toBe('claworc-anthropic-api-key');
    expect(secretName('bot-alpha', 'ANTHROPIC_API_KEY')).toBe('bot-alpha-anthropic-api-key');
  });
});
