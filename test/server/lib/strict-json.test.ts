import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseStrictJson } from '../../../server/lib/strict-json.ts';

const fault = (text: string) => {
  const result = parseStrictJson(text);
  return result.ok ? undefined : { line: result.line, column: result.column, message: result.message };
};

describe('parseStrictJson', () => {
  test('reads whatever JSON.stringify writes, and as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        fc.pre(!text.includes('__proto__') && text.isWellFormed());
        expect(parseStrictJson(text)).toEqual({ ok: true, value: JSON.parse(text) as unknown });
      }),
    );
  });

  test('refuses every text that JSON.parse refuses', () => {
    const breakIt = fc
      .tuple(fc.jsonValue(), fc.nat(), fc.constantFrom('', '"', '{', '}', ',', '\\', '\n', "'", '0', '-', '.'))
      .map(([value, at, piece]) => {
        const text = JSON.stringify(value);
        const place = at % (text.length + 1);
        return text.slice(0, place) + piece + text.slice(place + 1);
      });
    fc.assert(
      fc.property(breakIt, (text) => {
        let accepted = true;
        try {
          JSON.parse(text);
        } catch {
          accepted = false;
        }
        fc.pre(!accepted);
        expect(parseStrictJson(text).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['', 1, 1, 'the text ends where a value should be'],
    ['{"a": 1,\n  "b": 2,\n}', 3, 1, '"}" is found where a key in double quotes should be'],
    ['{"a": 1\n  "b": 2}', 2, 3, '"\\"" is found where "," or "}" should be'],
    ['{\r\n "a": 1,\r\n "a": 2}', 3, 2, 'the key "a" is there twice'],
    ['{"x": {"a": 1, "\\u0061": 2}}', 1, 16, 'the key "a" is there twice'],
    ['{"__proto__": {}}', 1, 2, 'the key "__proto__" is not allowed'],
    ['["\\ud800"]', 1, 2, 'half of a surrogate pair in this string'],
    ['{"a": \'x\'}', 1, 7, '"\'" is found where a value should be'],
    ['{"a": "x\n"}', 1, 9, 'a line break or control character inside a string must be escaped'],
    ['{"a": "x', 1, 7, 'this string does not end'],
    ['["\\x"]', 1, 3, '\\x is no escape of JSON'],
    ['{} {}', 1, 4, '"{" is found where the end should be'],
    ['\ufeff{}', 1, 1, '"\ufeff" is found where a value should be'],
    ['[1e999]', 1, 2, 'this number is too large'],
    ['// note\n{}', 1, 1, '"/" is found where a value should be'],
  ])('names the place of what is wrong in %j', (text, line, column, message) => {
    expect(fault(text)).toEqual({ line, column, message });
  });

  test('refuses deep nesting instead of overflowing the stack', () => {
    expect(fault('['.repeat(100_000))?.message).toBe('nested more than 200 deep');
  });
});
