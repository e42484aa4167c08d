import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkJson } from '../../../../ui/src/data/forms/json-check.ts';

describe('places and words of errors', () => {
  test.each([
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3, 'expected a comma before "b". The property on line 2 has to end with one.'],
    ['{"a": 1,}', 1, 8, 'no comma may stand before the closing }'],
    ['{"a": 1, "a": 2}', 1, 10, 'the key "a" is there twice'],
    ["{'a': 1}", 1, 2, 'expected a key in double quotes'],
    ['{"a": True}', 1, 7, 'True is no value that JSON knows'],
    ['{"a": "b}', 1, 7, 'this string has no closing quote'],
    ['{"a": [1, 2', 1, 12, 'the [ of line 1 has no closing ]'],
    ['{"a": 1} x', 1, 10, 'text after the end of the object'],
    ['[1]', 1, 1, 'a config is one JSON object: it has to begin with {'],
    ['', 1, 1, 'the text is empty; the smallest config is {}'],
    ['{\n  // why\n}', 2, 3, 'JSON has no comments'],
    ['{"a": 01}', 1, 7, '01 is no value that JSON knows'],
    ['{"a": "\\x"}', 1, 8, '\\x is no escape that JSON knows'],
  ])('%j', (text, line, column, message) => {
    expect(checkJson(text)).toMatchObject({ line, column, message });
  });
});

test('whatever JSON.stringify writes of an object has no error', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(0, 2), (value, indent) => {
      expect(checkJson(JSON.stringify(value, null, indent))).toBeNull();
    }),
  );
});

test('what the engine refuses is refused, and the place lies inside the text', () => {
  const cut = fc
    .tuple(
      fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue(), { minKeys: 1 }),
      fc.nat(),
      fc.string({ maxLength: 2 }),
    )
    .map(([value, at, inserted]) => {
      const text = JSON.stringify(value, null, 1);
      const place = at % text.length;
      return text.slice(0, place) + inserted + text.slice(place + 1);
    });
  fc.assert(
    fc.property(cut, (text) => {
      const problem = checkJson(text);
      if (problem !== null) {
        expect(problem.offset).toBeLessThanOrEqual(text.length);
        return;
      }
      expect(() => JSON.parse(text) as unknown).not.toThrow();
    }),
  );
});
