import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkConfigText } from '../../../constructs/schema/config-text.ts';

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

describe('checkConfigText', () => {
  it('takes every JSON object, however it is spaced', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })),
        fc.constantFrom(0, 1, 2, '\t'),
        (object, space) => {
          expect(checkConfigText(JSON.stringify(object, null, space))).toBeNull();
        },
      ),
    );
  });

  it('agrees with JSON.parse on what is no JSON object, after any one change of a text that is', () => {
    const change = fc.record({
      at: fc.nat(400),
      remove: fc.nat(3),
      insert: fc.oneof(
        fc.constantFrom('', '"', ',', '{', ']', '\\', '0', '-', '.', 'e', '\n', '\t', "'"),
        fc.string({ maxLength: 2 }),
      ),
    });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1 }), change, (object, edit) => {
        const text = JSON.stringify(object, null, 1);
        const at = edit.at % text.length;
        const edited = text.slice(0, at) + edit.insert + text.slice(at + edit.remove);
        const found = checkConfigText(edited);

        if (found === null) expect(isJsonObject(edited)).toBe(true);
        else if (!found.message.includes('given twice')) expect(isJsonObject(edited)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('points inside the text, or right behind its end', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const found = checkConfigText(text);
        const lines = text.split('\n');

        if (found === null) return;
        expect(found.line).toBeLessThanOrEqual(lines.length);
        expect(found.column).toBeLessThanOrEqual((lines[found.line - 1] ?? '').length + 1);
      }),
    );
  });

  it('leaves variables of the bot alone', () => {
    expect(checkConfigText('{ "apiKey": "${ANTHROPIC_API_KEY}" }')).toBeNull();
  });

  it('names the second of two equal keys, also when one of them is written with an escape', () => {
    expect(checkConfigText('{\n  "a": 1,\n  "\\u0061": 2\n}')).toEqual({
      line: 3,
      column: 3,
      message: 'the key "a" is given twice',
    });
  });

  it('takes keys that name parts of JavaScript objects', () => {
    expect(checkConfigText('{"__proto__": {"constructor": 1}, "hasOwnProperty": 2}')).toBeNull();
  });
});
